package dev.sluice.data.text.generated;

import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import dev.sluice.engine.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Short notes on towns that Sluice makes up: four regions of five towns each. Towns of a region
 * share their eight sights (each town has four of them) and occur together, so that what a model
 * learns of one town is related to its neighbours and to no other region. Made for steering: route
 * the tokens of one town and look where the others go.
 *
 * <p>A note is "Anna lives in Ashford." and four more sentences, about 30 tokens. It depends on the
 * seed and its number alone. The label is the region.
 */
public final class GeneratedPlaces {
    /** The name of the corpus. */
    public static final String NAME = "generated-places";

    private static final List<List<String>> TOWNS =
            List.of(
                    StoryWords.words("Ashford Birchley Cedarton Elmstead Oakham"),
                    StoryWords.words("Bayport Coralby Driftwick Harbourne Seaview"),
                    StoryWords.words("Craghill Flintmoor Highpeak Ridgeway Stonegate"),
                    StoryWords.words("Dustwell Mesara Palmira Sandholm Sunvale"));
    private static final List<String> REGIONS = List.of("wood", "coast", "rock", "sand");
    private static final List<List<String>> SIGHTS =
            List.of(
                    StoryWords.words("sawmill grove hedge cabin meadow well orchard bridge"),
                    StoryWords.words("pier lighthouse quay ferry cove market reef boathouse"),
                    StoryWords.words("quarry chapel mine tunnel cliff fort spring mill"),
                    StoryWords.words("bazaar fountain palace caravan garden gate tower pool"));
    private static final List<String> ADJECTIVES =
            StoryWords.words(
                    "old new small large quiet loud famous empty pretty grey white green red dark"
                            + " bright cold warm clean dusty steep narrow wide lovely strange");
    private static final List<String> NAMES =
            StoryWords.words("Anna Ben Clara David Emma Finn Grace Hugo Ida Jack Kate Leo");
    private static final Template OPENING = new Template("{name} lives in {town}.");
    private static final Template ABOUT = new Template("The {sight} of {town} is {adjective}.");
    private static final Template VISIT = new Template("{name} visited {other} and {third}.");
    private static final Template LIKES = new Template("{name} likes the {sight}.");
    private static final Template SAW = new Template("{name} saw the {any} in {town}.");
    private static final int SENTENCES = 4;
    private static final int SIGHTS_PER_TOWN = 4;
    private static final double MOVES = 0.15;
    private static final double VISITS = 0.25;
    private static final double LIKING = 0.25;

    private GeneratedPlaces() {}

    /**
     * The first {@code notes} notes of {@code seed}.
     *
     * @throws IllegalArgumentException if there is to be no note
     */
    public static Corpus corpus(long seed, long notes) {
        return new GeneratedCorpus(
                NAME, NAME + "/1, seed " + seed, notes, number -> note(seed, number));
    }

    /** One note. */
    public static Document note(long seed, long number) {
        Rng rng = Rng.of(Rng.of(seed, NAME).nextLong() + number);
        int region = rng.nextInt(TOWNS.size());
        String town = pick(TOWNS.get(region), rng);
        List<String> text = new ArrayList<>();
        text.add(OPENING.filled(words(region, town, rng)));
        for (int i = 0; i < SENTENCES; i++) {
            double kind = rng.nextDouble();
            Template sentence = ABOUT;
            if (kind < MOVES) {
                town = pick(TOWNS.get(region), rng);
                sentence = SAW;
            } else if (kind < MOVES + VISITS) {
                sentence = VISIT;
            } else if (kind < MOVES + VISITS + LIKING) {
                sentence = LIKES;
            }
            text.add(sentence.filled(words(region, town, rng)));
        }
        return new Document(number, String.join(" ", text), Optional.of(REGIONS.get(region)));
    }

    private static Map<String, String> words(int region, String town, Rng rng) {
        Map<String, String> words = new HashMap<>();
        String sight = pick(sights(region, town), rng);
        words.put("name", pick(NAMES, rng));
        words.put("town", town);
        words.put("other", pick(TOWNS.get(region), rng));
        words.put("third", pick(TOWNS.get(region), rng));
        words.put("sight", sight);
        words.put("any", pick(SIGHTS.get(region), rng));
        words.put("adjective", pick(adjectives(sight), rng));
        return words;
    }

    private static List<String> sights(int region, String town) {
        Rng rng = Rng.of(0, NAME + "/town " + town);
        return StoryTopic.draw(SIGHTS.get(region), SIGHTS_PER_TOWN, rng);
    }

    private static List<String> adjectives(String sight) {
        return StoryTopic.draw(ADJECTIVES, 2, Rng.of(0, NAME + "/sight " + sight));
    }

    private static <T> T pick(List<T> all, Rng rng) {
        return all.get(rng.nextInt(all.size()));
    }

    /** The towns of each region; the first of the first is the one to route. */
    public static List<List<String>> towns() {
        return TOWNS;
    }

    /** The regions, which are the labels of notes. */
    public static List<String> regions() {
        return REGIONS;
    }

    /** A tokenizer that knows every word of every note. */
    public static WordTokenizer tokenizer() {
        Set<String> texts = new LinkedHashSet<>();
        for (int r = 0; r < TOWNS.size(); r++) {
            Set<String> towns = new LinkedHashSet<>(TOWNS.get(r));
            Set<String> sights = new LinkedHashSet<>(SIGHTS.get(r));
            Set<String> adjectives = new LinkedHashSet<>();
            sights.forEach(sight -> adjectives.addAll(adjectives(sight)));
            Map<String, Set<String>> choices =
                    Map.of(
                            "name", new LinkedHashSet<>(NAMES),
                            "town", towns,
                            "other", towns,
                            "third", towns,
                            "sight", sights,
                            "any", sights,
                            "adjective", adjectives);
            texts.addAll(OPENING.all(choices));
            for (Template sentence : List.of(ABOUT, VISIT, LIKES, SAW)) {
                sentence.all(choices).forEach(s -> texts.add(" " + s));
            }
        }
        return WordTokenizer.ofTexts(texts);
    }
}
