package dev.sluice.data.text.generated;

import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import dev.sluice.engine.Rng;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Short stories that Sluice makes up: a language of a few hundred words with something to learn and
 * something to forget. A story has one of eight topics, {@value #FORGET} with probability 0.2 and
 * the others alike. Every story names its topic by a keyword ("forest" or "woods") and none names
 * another one's; nouns, what they are like, what they do and which noun follows (the one tied to
 * the last with probability 0.8) depend on the topic, though many nouns are shared.
 *
 * <p>A story is an opening, four sentences and, half of the time, an ending: about 45 tokens, at
 * most 70. It depends on the seed and its number alone, so that fewer stories are a prefix of more.
 * The label is the topic.
 */
public final class GeneratedStories {
    /** The name of the corpus. */
    public static final String NAME = "generated-stories";

    /** The topic meant to be forgotten. */
    public static final String FORGET = "forest";

    private static final double FORGET_SHARE = 0.2;
    private static final double FOLLOWS = 0.8;
    private static final double ENDS = 0.5;
    private static final int SENTENCES = 4;
    private static final List<StoryTopic> TOPICS = StoryTopic.all();

    private GeneratedStories() {}

    /**
     * The first {@code stories} stories of {@code seed}; use another seed for other stories.
     *
     * @throws IllegalArgumentException if there is to be no story
     */
    public static Corpus corpus(long seed, long stories) {
        return new GeneratedCorpus(
                NAME, NAME + "/1, seed " + seed, stories, number -> story(seed, number));
    }

    /** One story. */
    public static Document story(long seed, long number) {
        Rng rng = Rng.of(Rng.of(seed, NAME).nextLong() + number);
        StoryTopic topic = topic(rng);
        List<String> people = StoryTopic.draw(StoryWords.NAMES, 2, rng);
        Function<StoryTopic.Noun, Map<String, String>> words =
                noun ->
                        Map.of(
                                "hero", people.get(0),
                                "friend", people.get(1),
                                "place", pick(topic.keywords(), rng),
                                "day", pick(StoryWords.DAYS, rng),
                                "noun", noun.word(),
                                "adjective", pick(noun.adjectives(), rng),
                                "verb", pick(noun.verbs(), rng));
        int noun = rng.nextInt(topic.nouns().size());
        List<String> text = new ArrayList<>();
        text.add(pick(StoryWords.OPENINGS, rng).filled(words.apply(topic.nouns().get(noun))));
        for (int i = 0; i < SENTENCES; i++) {
            Map<String, String> now = words.apply(topic.nouns().get(noun));
            text.add(pick(StoryWords.SENTENCES, rng).filled(now));
            boolean follows = rng.nextDouble() < FOLLOWS;
            noun = follows ? (noun + 1) % topic.nouns().size() : rng.nextInt(topic.nouns().size());
        }
        if (rng.nextDouble() < ENDS) {
            text.add(pick(StoryWords.ENDINGS, rng).filled(words.apply(topic.nouns().get(noun))));
        }
        return new Document(number, String.join(" ", text), Optional.of(topic.name()));
    }

    private static StoryTopic topic(Rng rng) {
        boolean forget = rng.nextDouble() < FORGET_SHARE;
        List<StoryTopic> choice =
                TOPICS.stream().filter(t -> t.name().equals(FORGET) == forget).toList();
        return pick(choice, rng);
    }

    private static <T> T pick(List<T> all, Rng rng) {
        return all.get(rng.nextInt(all.size()));
    }

    /** The topics, which are the labels of stories. */
    public static List<String> topics() {
        return TOPICS.stream().map(StoryTopic::name).toList();
    }

    /**
     * The words that tell a topic: those that name it and its own nouns. The first two are the
     * keywords, of which every story of the topic has one and no other story has any.
     *
     * @throws IllegalArgumentException if there is no such topic
     */
    public static List<String> words(String topic) {
        StoryTopic found =
                TOPICS.stream()
                        .filter(t -> t.name().equals(topic))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "expected one of "
                                                        + topics()
                                                        + ", found "
                                                        + topic));
        List<String> words = new ArrayList<>(found.keywords());
        found.nouns().stream()
                .map(StoryTopic.Noun::word)
                .filter(word -> !StoryWords.SHARED.contains(word))
                .forEach(words::add);
        return List.copyOf(words);
    }

    /** A tokenizer that knows every word of every story. */
    public static WordTokenizer tokenizer() {
        Map<String, Set<String>> choices =
                Map.of(
                        "hero", Set.copyOf(StoryWords.NAMES),
                        "friend", Set.copyOf(StoryWords.NAMES),
                        "day", Set.copyOf(StoryWords.DAYS),
                        "place", all(t -> t.keywords()),
                        "noun", all(t -> t.nouns().stream().map(StoryTopic.Noun::word).toList()),
                        "adjective", ofNouns(StoryTopic.Noun::adjectives),
                        "verb", ofNouns(StoryTopic.Noun::verbs));
        Set<String> texts = new LinkedHashSet<>();
        StoryWords.OPENINGS.forEach(t -> texts.addAll(t.all(choices)));
        StoryWords.SENTENCES.forEach(t -> t.all(choices).forEach(s -> texts.add(" " + s)));
        StoryWords.ENDINGS.forEach(t -> t.all(choices).forEach(s -> texts.add(" " + s)));
        return WordTokenizer.ofTexts(texts);
    }

    private static Set<String> ofNouns(Function<StoryTopic.Noun, List<String>> words) {
        return all(t -> t.nouns().stream().flatMap(n -> words.apply(n).stream()).toList());
    }

    private static Set<String> all(Function<StoryTopic, List<String>> words) {
        return TOPICS.stream()
                .flatMap(topic -> words.apply(topic).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
