package dev.sluice.routing.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanException;
import dev.sluice.routing.plan.PlanFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TextRulesTest {
    private static final Path FILE = Path.of("plans/text.yaml");

    private static RoutePlan<Batch.Sequences> plan(String by) {
        String text =
                "routes:\n  - at: x\n    by: "
                        + by
                        + "\n    masks: {forest: {axis: d, weights: {0: 1}}}\n";
        return PlanFiles.parse(text, FILE, Batch.Sequences.class, new Letters());
    }

    private static RoutingRule<? super Batch.Sequences> rule(String by) {
        return plan(by).routes().get(0).rule();
    }

    private static float[] weights(Assignment answer) {
        float[] all = new float[answer.points()];
        for (int p = 0; p < all.length; p++) {
            all[p] = answer.weight(p);
        }
        return all;
    }

    /** Rows of the paper's table 3 with the frequencies that a third party counted. */
    @Test
    void the_published_weights_of_the_unlearning_experiment_come_out() {
        double[][] rows = {
            {0.009941114, 4.6448667e-06, 0.000},
            {0.007307081, 0.001869023, 0.5856981},
            {0.0010344206, 0.00035729745, 0.8100421},
            {0.0010899671, 0.00038070043, 0.8155102},
            {0.0010236138, 0.0003878464, 0.85064566},
            {0.0013186376, 0.0005898981, 0.901321},
            {0.00096914783, 0.0004498375, 0.9096787},
            {0.0019925456, 0.00093379687, 0.9117212},
            {0.0030792707, 0.0017300342, 0.9416922},
            {0.001, 0.001, 0.98201},
        };
        for (double[] row : rows) {
            assertEquals(row[2], FrequencyRule.Curve.PAPER.weight(row[0], row[1]), 5e-6);
        }
    }

    @Test
    void title_case_is_per_run_of_letters() {
        assertEquals("O'Neil", Phrase.titleCase("o'neil"));
        assertEquals("Don'T", Phrase.titleCase("DON'T"));
        assertEquals("3D Printer", Phrase.titleCase("3d printer"));
        assertEquals("Ssa Éa", Phrase.titleCase("ßa éa"));
        assertEquals("ǅa", Phrase.titleCase("ǆa"));
    }

    @Test
    void a_later_phrase_wins_and_an_earlier_sequence_does() {
        Map<String, List<Phrase>> phrases = new LinkedHashMap<>();
        phrases.put("one", List.of(Phrase.of("ab")));
        phrases.put("two", List.of(Phrase.of("bc")));
        Batch.Sequences batch = Letters.batch(List.of("aabca"));
        Assignment marked = PhraseRule.tokens(phrases, new Letters()).assign(batch);
        assertTrue(marked.is(0, "one") && marked.is(1, "two") && marked.is(2, "two"));
        assertEquals(-1, marked.id(3));
        assertTrue(PhraseRule.sequences(phrases, new Letters()).assign(batch).all("one"));
    }

    @Test
    void plan_files_know_every_rule_on_text_and_write_it_back() {
        for (String by :
                List.of(
                        "{tokens: {a: forest, ' ': other}}",
                        "{phrases: {forest: ['a b', {text: c, letters: all, space: both}]}}",
                        "{sequence_if: {forest: [\"a'\"]}, labelled: 0.5, seed: 3}",
                        "{frequency: {forget: aab, retain: bbb, prior: {forget: 1, retain: 20}}}",
                        "{frequency: {forget: {a: 3}, retain: {b: 4}, prior: 2, scale: 2}}",
                        "{largest: [{frequency: {forget: {a: 3}, retain: {b: 4}}},"
                                + " {tokens: {a: forget}}]}")) {
            String written = PlanFiles.write(plan(by));
            RoutePlan<Batch.Sequences> again =
                    PlanFiles.parse(written, FILE, Batch.Sequences.class, new Letters());
            assertEquals(written, PlanFiles.write(again), by);
        }
    }

    @Test
    void a_corpus_beside_the_plan_or_counts_in_it_give_the_same_frequencies() {
        Batch.Sequences batch = Letters.batch(List.of("abcABC '"));
        assertArrayEquals(
                weights(rule("{frequency: {forget: aab, retain: bbc}}").assign(batch)),
                weights(
                        rule("{frequency: {forget: {a: 2, b: 1}, retain: {b: 2, c: 1}}}")
                                .assign(batch)));
    }

    @Test
    void the_largest_of_rules_routes_tokens_in_examples_of_the_first_route_alone() {
        RoutingRule<Batch.Sequences> frequency =
                new FrequencyRule(
                        new long[] {50, 0, 0, 0, 0, 0, 0, 0},
                        new long[] {0, 50, 0, 0, 0, 0, 0, 0},
                        new FrequencyRule.Curve(1, 1, 1, 0),
                        Map.of());
        RoutingRule<Batch> second =
                RoutingRule.named(
                        List.of("forget", "retain"),
                        batch -> Assignment.of(List.of("forget", "retain"), new int[] {0, 1}, 2));
        Batch.Sequences batch = Letters.batch(List.of("cab", "cab"));
        float[] own = weights(frequency.assign(batch));
        float[] answer = weights(RoutingRule.largest(List.of(frequency, second)).assign(batch));
        assertArrayEquals(new float[] {own[0], own[1], 1, 1}, answer);
        assertTrue(own[0] < 1e-6 && own[1] == 1);
    }

    @Test
    void what_makes_no_rule_is_refused_with_its_place() {
        for (String by :
                List.of(
                        "{tokens: {ab: forest}}",
                        "{tokens: {}}",
                        "{phrases: {forest: []}}",
                        "{phrases: {forest: [' ']}}",
                        "{phrases: {forest: [{text: a, letters: some}]}}",
                        "{frequency: {forget: {a: 1}, retain: {a: 1}, prior: 0}}",
                        "{frequency: {forget: {a: 1}}}",
                        "{largest: []}")) {
            PlanException refused = assertThrows(PlanException.class, () -> rule(by), by);
            assertTrue(String.valueOf(refused.getMessage()).contains("text.yaml"), by);
        }
        String text = "routes: [{at: x, by: {tokens: {a: f}}, masks: {f: {axis: d}}}]";
        PlanException refused =
                assertThrows(
                        PlanException.class,
                        () -> PlanFiles.parse(text, FILE, Batch.Sequences.class));
        assertTrue(refused.expected().contains("tokenizer"));
    }

    /** Every character is a token, and one token is all that is no letter a to c. */
    private record Few() implements TextSource {
        @Override
        public int[] encode(String text) {
            return text.chars().map(c -> Math.max(0, "abc".indexOf(c) + 1)).toArray();
        }

        @Override
        public OptionalInt unknown() {
            return OptionalInt.of(0);
        }

        @Override
        public int vocabulary() {
            return 4;
        }

        @Override
        public long[] counts(Path corpus, long documents, int truncate) {
            return new long[4];
        }
    }

    @Test
    void a_phrase_that_the_vocabulary_cannot_express_catches_nothing() {
        PhraseRule rule =
                PhraseRule.tokens(
                        Map.of("forest", List.of(Phrase.of("x"), Phrase.of("ab"))), new Few());
        // The batch counts letters from 0, so "b c" are this vocabulary's a and b, and "a" is 0.
        Assignment answer = rule.assign(Letters.batch(List.of("aaabca")));
        int caught = 0;
        for (int point = 0; point < answer.points(); point++) {
            caught += answer.id(point) >= 0 ? 1 : 0;
        }
        assertEquals(2, caught);
    }

    @Test
    void a_token_that_the_vocabulary_lacks_is_refused() {
        IllegalArgumentException wrong =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new TokenRule(Map.of("x", "forest"), new Few()));
        assertTrue(String.valueOf(wrong.getMessage()).contains("'x'"), wrong::getMessage);
    }

    /** Two rows of four tokens, whose labels are letters; a blank has none. */
    private record Labelled(List<String> labels) implements Batch.Sequences {
        @Override
        public int size() {
            return labels.size();
        }

        @Override
        public long example(int row) {
            return row;
        }

        @Override
        public int length() {
            return labels.get(0).length();
        }

        @Override
        public int token(int row, int column) {
            return 0;
        }

        @Override
        public boolean real(int row, int column) {
            return true;
        }

        @Override
        public @Nullable String label(int row, int column) {
            String label = labels.get(row).substring(column, column + 1);
            return label.isBlank() ? null : label;
        }
    }

    @Test
    void documents_go_by_their_label_each_token_by_that_of_its_own() {
        RoutingRule<? super Batch.Sequences> rule =
                rule("{document_label: {forest: [w, p], town: [t]}}");
        Assignment answer = rule.assign(new Labelled(List.of("wwt p", "x tpp")));
        int[] expected = {0, 1, -1, 0, -1, 1, 0, 0};
        for (int point = 0; point < expected.length; point++) {
            assertEquals(expected[point], answer.id(point), "point " + point);
        }
        assertEquals(Set.of("forest", "town"), rule.routes());
        assertThrows(PlanException.class, () -> rule("{document_label: {forest: [w], town: [w]}}"));
        assertThrows(PlanException.class, () -> rule("{document_label: {}}"));
    }
}
