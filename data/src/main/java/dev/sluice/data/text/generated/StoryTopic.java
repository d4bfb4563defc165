package dev.sluice.data.text.generated;

import dev.sluice.engine.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * A topic of the stories: which nouns belong to it, what each is like and does there, and which
 * noun tends to follow which.
 *
 * @param name the topic
 * @param keywords the words that name it; no other topic has them
 * @param nouns its nouns; each is followed by the next, the last by the first
 */
record StoryTopic(String name, List<String> keywords, List<Noun> nouns) {
    private static final int SHARED_NOUNS = 8;
    private static final int SHARED_VERBS = 2;

    /** A noun as it is in one topic. */
    record Noun(String word, List<String> adjectives, List<String> verbs) {}

    /** All topics, in a fixed order; the same on every machine. */
    static List<StoryTopic> all() {
        return StoryWords.TOPICS.lines().map(StoryTopic::parse).toList();
    }

    private static StoryTopic parse(String line) {
        int colon = line.indexOf(':');
        String name = line.substring(0, colon);
        Rng rng = Rng.of(0, "generated-stories/topic " + name);
        String[] parts = line.substring(colon + 1).split(";", -1);
        List<Noun> nouns = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            String[] noun = parts[i].strip().split(" ", -1);
            nouns.add(
                    new Noun(
                            noun[0],
                            List.of(noun[1].split(",", -1)),
                            List.of(noun[2].split(",", -1))));
        }
        for (String shared : draw(StoryWords.SHARED, SHARED_NOUNS, rng)) {
            nouns.add(
                    new Noun(
                            shared,
                            draw(StoryWords.ADJECTIVES, 1, rng),
                            draw(StoryWords.VERBS, SHARED_VERBS, rng)));
        }
        List<Noun> ordered = draw(nouns, nouns.size(), rng);
        return new StoryTopic(name, StoryWords.words(parts[0].strip()), ordered);
    }

    /** {@code count} different ones of {@code all}, in random order. */
    static <T> List<T> draw(List<T> all, int count, Rng rng) {
        List<T> drawn = new ArrayList<>();
        int[] order = rng.permutation(all.size());
        for (int i = 0; i < count; i++) {
            drawn.add(all.get(order[i]));
        }
        return List.copyOf(drawn);
    }
}
