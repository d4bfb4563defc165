package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Rules that draw: partial labelling and label noise. */
class RandomRulesTest {
    private static final int N = 4000;

    private static RoutingRule<Batch.Labelled> threeRoutes() {
        Map<String, List<Integer>> labels = new LinkedHashMap<>();
        labels.put("c", List.of(0));
        labels.put("a", List.of(1));
        labels.put("b", List.of(2));
        return RoutingRule.label(labels);
    }

    private static int[] ids(Assignment a) {
        return IntStream.range(0, a.points()).map(a::id).toArray();
    }

    /** Six standard deviations: a false alarm in a billion. */
    private static void assertBinomial(long hits, long n, double p, String what) {
        double sd = Math.sqrt(n * p * (1 - p));
        assertTrue(
                Math.abs(hits - n * p) <= 6 * sd + 1e-9,
                () -> what + ": " + hits + " of " + n + " with probability " + p);
    }

    @Property(tries = 60)
    void a_share_of_the_labelled_examples_keeps_its_label(
            @ForAll long seed, @ForAll @DoubleRange(min = 0, max = 1) double share) {
        Examples batch = Examples.range(0, N, 4);
        Assignment all = threeRoutes().assign(batch);
        Assignment some = RoutingRule.labelled(threeRoutes(), share, seed).assign(batch);
        long kept = 0;
        long labelled = 0;
        for (int i = 0; i < N; i++) {
            assertTrue(some.id(i) == -1 || some.id(i) == all.id(i));
            labelled += all.id(i) >= 0 ? 1 : 0;
            kept += some.id(i) >= 0 ? 1 : 0;
        }
        assertBinomial(kept, labelled, share, "kept");
    }

    @Property(tries = 60)
    void a_smaller_share_is_part_of_a_larger_one(
            @ForAll long seed,
            @ForAll @DoubleRange(min = 0, max = 1) double x,
            @ForAll @DoubleRange(min = 0, max = 1) double y) {
        Examples batch = Examples.range(0, 500, 3);
        Assignment small = RoutingRule.labelled(threeRoutes(), Math.min(x, y), seed).assign(batch);
        Assignment large = RoutingRule.labelled(threeRoutes(), Math.max(x, y), seed).assign(batch);
        for (int i = 0; i < 500; i++) {
            assertTrue(small.id(i) == -1 || large.id(i) == small.id(i));
        }
    }

    @Property(tries = 60)
    void the_fate_of_an_example_does_not_depend_on_its_batch(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 300) int first) {
        RoutingRule<Batch.Labelled> noisy =
                RoutingRule.labelled(RoutingRule.noise(threeRoutes(), 0.7, 0.2, seed), 0.5, seed);
        int[] all = ids(noisy.assign(Examples.range(0, 400, 4)));
        int[] part = ids(noisy.assign(Examples.range(first, 100, 4)));
        assertArrayEquals(Arrays.copyOfRange(all, first, first + 100), part);
        Examples backwards =
                new Examples(LongStream.range(0, 400).map(i -> 399 - i).boxed().toList(), 4);
        int[] reversed = ids(noisy.assign(backwards));
        for (int i = 0; i < 400; i++) {
            assertEquals(all[i], reversed[399 - i]);
        }
    }

    @Test
    void shares_0_and_1_keep_none_and_all_and_seeds_differ() {
        Examples batch = Examples.range(0, 200, 3);
        assertTrue(
                Arrays.stream(ids(RoutingRule.labelled(threeRoutes(), 0, 1).assign(batch)))
                        .allMatch(id -> id == -1));
        assertArrayEquals(
                ids(threeRoutes().assign(batch)),
                ids(RoutingRule.labelled(threeRoutes(), 1, 1).assign(batch)));
        assertNotEquals(
                Arrays.toString(ids(RoutingRule.labelled(threeRoutes(), 0.5, 1).assign(batch))),
                Arrays.toString(ids(RoutingRule.labelled(threeRoutes(), 0.5, 2).assign(batch))));
    }

    @Property(tries = 60)
    void detectors_err_as_often_as_they_should(
            @ForAll long seed,
            @ForAll @DoubleRange(min = 0, max = 1) double tp,
            @ForAll @DoubleRange(min = 0, max = 1) double fp) {
        Examples batch = Examples.range(0, N, 4);
        Assignment noisy = RoutingRule.noise(threeRoutes(), tp, fp, seed).assign(batch);
        assertEquals(List.of("c", "a", "b"), noisy.routes());
        long[][] counts = new long[4][4];
        for (int i = 0; i < N; i++) {
            counts[batch.label(i)][noisy.id(i) + 1]++;
        }
        long each = N / 4;
        for (int own = 0; own < 4; own++) {
            double left = 1;
            if (own < 3) {
                assertBinomial(counts[own][own + 1], each, tp, "own route");
                left = 1 - tp;
            }
            for (int r = 0; r < 3; r++) {
                if (r != own) {
                    assertBinomial(counts[own][r + 1], each, left * fp, "route " + r);
                    left *= 1 - fp;
                }
            }
            assertBinomial(counts[own][0], each, left, "no route");
        }
    }

    @Test
    void perfect_detectors_change_nothing_and_dead_ones_leave_no_route() {
        Examples batch = Examples.range(7, 100, 5);
        assertArrayEquals(
                ids(threeRoutes().assign(batch)),
                ids(RoutingRule.noise(threeRoutes(), 1, 0, 3).assign(batch)));
        assertTrue(
                Arrays.stream(ids(RoutingRule.noise(threeRoutes(), 0, 0, 3).assign(batch)))
                        .allMatch(id -> id == -1));
    }

    @Test
    void noise_needs_to_know_the_routes_and_probabilities_lie_in_0_to_1() {
        RoutingRule<Batch.Labelled> unknown = RoutingRule.label(y -> "x");
        assertThrows(IllegalArgumentException.class, () -> RoutingRule.noise(unknown, 1, 0, 0));
        for (double p : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RoutingRule.labelled(threeRoutes(), p, 0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RoutingRule.noise(threeRoutes(), p, 0, 0));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RoutingRule.noise(threeRoutes(), 1, p, 0));
        }
    }

    /** A toy text batch: token t of example e is (e + t) mod 5. */
    private record Tokens(int size, int sequence) implements Batch {
        @Override
        public long example(int row) {
            return 100L + row;
        }

        int token(int point) {
            return (int) (example(point / sequence) + point % sequence) % 5;
        }
    }

    private static RoutingRule<Tokens> tokenRule() {
        Map<String, RoutingRule.PointPredicate<Tokens>> routes = new LinkedHashMap<>();
        routes.put("forget", (batch, p) -> batch.token(p) == 0);
        routes.put("retain", (batch, p) -> batch.token(p) == 1);
        return RoutingRule.predicate(b -> new long[] {b.size(), b.sequence()}, routes);
    }

    @Test
    void tokens_of_an_example_keep_or_lose_their_labels_together() {
        Tokens batch = new Tokens(200, 7);
        Assignment all = tokenRule().assign(batch);
        Assignment some = RoutingRule.labelled(tokenRule(), 0.5, 9).assign(batch);
        assertArrayEquals(new long[] {200, 7}, some.shape());
        int kept = 0;
        for (int row = 0; row < 200; row++) {
            int[] was = Arrays.copyOfRange(ids(all), row * 7, row * 7 + 7);
            int[] is = Arrays.copyOfRange(ids(some), row * 7, row * 7 + 7);
            boolean whole = Arrays.equals(was, is);
            assertTrue(whole || Arrays.stream(is).allMatch(id -> id == -1));
            kept += whole ? 1 : 0;
        }
        assertBinomial(kept, 200, 0.5, "rows");
    }

    @Test
    void detectors_look_at_every_token_for_itself() {
        Tokens batch = new Tokens(500, 10);
        Assignment all = tokenRule().assign(batch);
        Assignment noisy = RoutingRule.noise(tokenRule(), 0.5, 0, 9).assign(batch);
        int mixedRows = 0;
        long own = 0;
        long fired = 0;
        for (int row = 0; row < 500; row++) {
            int seen = 0;
            int there = 0;
            for (int p = row * 10; p < row * 10 + 10; p++) {
                there += all.id(p) >= 0 ? 1 : 0;
                seen += noisy.id(p) >= 0 ? 1 : 0;
                assertTrue(noisy.id(p) == -1 || noisy.id(p) == all.id(p));
            }
            own += there;
            fired += seen;
            mixedRows += seen > 0 && seen < there ? 1 : 0;
        }
        assertBinomial(fired, own, 0.5, "tokens");
        assertTrue(mixedRows > 300, "rows with both: " + mixedRows);
    }

    @Test
    void an_answer_that_does_not_count_the_batch_is_an_error() {
        RoutingRule<Batch> wrong =
                RoutingRule.named(Set.of("a"), b -> Assignment.of(List.of("a"), new int[3], 3));
        RoutingRule<Batch.Labelled> rule = RoutingRule.labelled(wrong, 0.5, 0);
        assertThrows(RoutingException.class, () -> rule.assign(Examples.range(0, 4, 2)));
    }

    @Property(tries = 30)
    void blends_can_lose_their_label_and_be_misdetected(@ForAll long seed) {
        RoutingRule<Batch> blend =
                RoutingRule.named(
                        List.of("x", "y"),
                        b -> {
                            float[] w = new float[b.size()];
                            Arrays.fill(w, 0.75f);
                            return Assignment.blend("x", "y", w, w.length);
                        });
        Examples batch = Examples.range(0, 1000, 2);
        Assignment some = RoutingRule.<Batch>labelled(blend, 0.3, seed).assign(batch);
        Assignment noisy = RoutingRule.<Batch>noise(blend, 0.6, 0.5, seed).assign(batch);
        int kept = 0;
        int own = 0;
        int other = 0;
        for (int i = 0; i < 1000; i++) {
            kept += some.weight(i) == 0.75f ? 1 : 0;
            assertTrue(some.weight(i) == 0.75f || some.id(i) == -1);
            own += noisy.weight(i) == 0.75f ? 1 : 0;
            other += noisy.weight(i) == 0f ? 1 : 0;
            assertFalse(noisy.weight(i) == 1f);
        }
        assertBinomial(kept, 1000, 0.3, "kept");
        assertBinomial(own, 1000, 0.6, "own");
        assertBinomial(other, 1000, 0.4 * 0.5, "other");
    }
}
