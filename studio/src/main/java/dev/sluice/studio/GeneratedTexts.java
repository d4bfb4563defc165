package dev.sluice.studio;

import dev.sluice.data.text.Corpora;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.generated.GeneratedPlaces;
import dev.sluice.data.text.generated.GeneratedStories;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * The beginning of a generated corpus: text that is at hand without any file.
 *
 * @param title what a page calls it
 * @param concepts its labels, each with words that belong to it
 * @param document the document of a number
 */
record GeneratedTexts(
        String name,
        String title,
        Map<String, List<String>> concepts,
        LongFunction<Document> document) {
    /** Documents of the beginning: enough to count, few enough to answer while someone types. */
    static final long DOCUMENTS = 1000;

    /** All of them. */
    static List<GeneratedTexts> all() {
        Map<String, List<String>> topics = new LinkedHashMap<>();
        GeneratedStories.topics().forEach(t -> topics.put(t, GeneratedStories.words(t)));
        Map<String, List<String>> regions = new LinkedHashMap<>();
        GeneratedPlaces.regions()
                .forEach(r -> regions.put(r, GeneratedPlaces.towns().get(regions.size())));
        return List.of(
                new GeneratedTexts(
                        GeneratedStories.NAME,
                        "Generated stories",
                        topics,
                        n -> GeneratedStories.story(Corpora.SEED, n)),
                new GeneratedTexts(
                        GeneratedPlaces.NAME,
                        "Generated notes on towns",
                        regions,
                        n -> GeneratedPlaces.note(Corpora.SEED, n)));
    }

    /**
     * The one of this name.
     *
     * @throws RequestException if there is none
     */
    static GeneratedTexts named(String name) {
        return all().stream()
                .filter(c -> c.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                RequestException.bad(
                                        "corpus: expected one of "
                                                + all().stream().map(GeneratedTexts::name).toList()
                                                + ", found "
                                                + name));
    }

    /** The first documents. */
    List<Document> documents() {
        return LongStream.range(0, DOCUMENTS).mapToObj(document).toList();
    }

    /**
     * The documents of a concept, and the others.
     *
     * @throws RequestException if there is no such concept
     */
    TextRequests.ForgetRetain compared(String concept) {
        if (!concepts.containsKey(concept)) {
            throw RequestException.bad(
                    "concept: expected one of " + concepts.keySet() + ", found " + concept);
        }
        List<Document> forget = new ArrayList<>();
        List<Document> retain = new ArrayList<>();
        for (Document d : documents()) {
            boolean about = d.label().filter(concept::equals).isPresent();
            (about ? forget : retain).add(d);
        }
        return new TextRequests.ForgetRetain(forget, retain);
    }
}
