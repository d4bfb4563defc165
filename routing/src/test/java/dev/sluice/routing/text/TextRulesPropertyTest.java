package dev.sluice.routing.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.routing.Assignment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Rules on text against searches in the text itself, where every character is a token. */
final class TextRulesPropertyTest {
    private static final List<String> NAMES = List.of("one", "two");

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.integers()
                .between(1, 12)
                .flatMap(
                        length ->
                                Arbitraries.strings()
                                        .withChars(Letters.ALL)
                                        .ofLength(length)
                                        .list()
                                        .ofMinSize(1)
                                        .ofMaxSize(4));
    }

    @Provide
    Arbitrary<Map<String, List<Phrase>>> phrases() {
        Arbitrary<Phrase> phrase =
                Combinators.combine(
                                Arbitraries.strings()
                                        .withChars("abAB '")
                                        .ofMinLength(1)
                                        .ofMaxLength(4)
                                        .filter(text -> !text.isBlank()),
                                Arbitraries.of(Phrase.Letters.class),
                                Arbitraries.of(Phrase.Space.class))
                        .as(Phrase::new);
        Arbitrary<List<Phrase>> list = phrase.list().ofMinSize(1).ofMaxSize(3);
        return Combinators.combine(list, list)
                .as(
                        (one, two) -> {
                            Map<String, List<Phrase>> both = new LinkedHashMap<>();
                            both.put(NAMES.get(0), one);
                            both.put(NAMES.get(1), two);
                            return both;
                        });
    }

    /** The route of every target, by looking for every spelling at every place. */
    private static int[] marked(Map<String, List<Phrase>> phrases, String targets) {
        int[] routes = IntStream.range(0, targets.length()).map(i -> -1).toArray();
        for (int route = 0; route < NAMES.size(); route++) {
            for (Phrase phrase : phrases.getOrDefault(NAMES.get(route), List.of())) {
                for (String spelling : phrase.spellings()) {
                    for (int at = 0; at < targets.length(); at++) {
                        if (targets.startsWith(spelling, at)) {
                            for (int k = 0; k < spelling.length(); k++) {
                                routes[at + k] = route;
                            }
                        }
                    }
                }
            }
        }
        return routes;
    }

    private static int[] ids(Assignment answer) {
        return IntStream.range(0, answer.points()).map(answer::id).toArray();
    }

    @Property
    void a_phrase_is_marked_wherever_it_stands_among_the_targets(
            @ForAll("texts") List<String> texts,
            @ForAll("phrases") Map<String, List<Phrase>> phrases) {
        int[] expected =
                texts.stream()
                        .flatMapToInt(text -> IntStream.of(marked(phrases, text.substring(1))))
                        .toArray();
        Assignment answer = PhraseRule.tokens(phrases, new Letters()).assign(Letters.batch(texts));
        assertArrayEquals(expected, ids(answer));
        assertArrayEquals(new long[] {texts.size(), texts.get(0).length() - 1}, answer.shape());
    }

    @Property
    void a_sequence_takes_the_first_route_whose_phrase_it_has_and_takes_it_whole(
            @ForAll("texts") List<String> texts,
            @ForAll("phrases") Map<String, List<Phrase>> phrases) {
        Assignment answer =
                PhraseRule.sequences(phrases, new Letters()).assign(Letters.batch(texts));
        int length = texts.get(0).length() - 1;
        for (int row = 0; row < texts.size(); row++) {
            String targets = texts.get(row).substring(1);
            int expected = -1;
            for (int route = NAMES.size() - 1; route >= 0; route--) {
                for (Phrase phrase : phrases.getOrDefault(NAMES.get(route), List.of())) {
                    if (phrase.spellings().stream().anyMatch(targets::contains)) {
                        expected = route;
                    }
                }
            }
            for (int j = 0; j < length; j++) {
                assertEquals(expected, answer.id(row * length + j), targets);
            }
        }
    }

    @Property
    void a_token_is_routed_where_it_is_predicted(@ForAll("texts") List<String> texts) {
        Assignment answer =
                new TokenRule(Map.of("a", "one", "'", "two"), new Letters())
                        .assign(Letters.batch(texts));
        int length = texts.get(0).length() - 1;
        for (int p = 0; p < answer.points(); p++) {
            char target = texts.get(p / length).charAt(p % length + 1);
            assertEquals(target == 'a', answer.is(p, "one"));
            assertEquals(target == '\'', answer.is(p, "two"));
        }
    }

    @Property
    void a_frequency_rule_gives_a_target_the_weight_of_its_token(
            @ForAll("texts") List<String> texts) {
        long[] forget = {9, 4, 0, 1, 1, 1, 30, 2};
        long[] retain = {1, 4, 7, 1, 1, 1, 40, 2};
        FrequencyRule rule =
                new FrequencyRule(
                        forget, retain, new FrequencyRule.Curve(0.5, 2, 1.5, -2), Map.of());
        Assignment answer = rule.assign(Letters.batch(texts));
        int length = texts.get(0).length() - 1;
        for (int p = 0; p < answer.points(); p++) {
            int token = Letters.ALL.indexOf(texts.get(p / length).charAt(p % length + 1));
            double pf = (forget[token] + 0.5) / (48 + 8 * 0.5);
            double pr = (retain[token] + 2) / (57 + 8 * 2.0);
            double z = 1.5 * (pf / pr - pr / pf) - 2;
            double expected = 1 - 1 / (1 + Math.exp(-z));
            assertEquals(expected, answer.weight(p), 1e-7);
        }
    }
}
