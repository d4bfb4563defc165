package dev.sluice.experiments.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.transformer.Sampling;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoNativeLeaks.class)
final class LanguagePartsTest {
    private static final Tokenizer WORDS =
            WordTokenizer.of(List.of(" a", " b", " c", " d", " e", " f", " g", " h", " i"));

    /** Routes every target that is an even token. */
    private static RoutingRule<Batch.Sequences> even() {
        return RoutingRule.named(
                Set.of("even"),
                batch -> {
                    int n = batch.length() - 1;
                    int[] ids = new int[batch.size() * n];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = batch.token(i / n, i % n + 1) % 2 == 0 ? 0 : -1;
                    }
                    return Assignment.of(List.of("even"), ids, batch.size(), n);
                });
    }

    @AddLifecycleHook(NoNativeLeaks.class)
    @Property(tries = 60)
    void other_text_is_put_only_where_the_chosen_places_learn_from_it(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int rows) {
        Rng rng = Rng.of(seed);
        TextBatch batch = TinyText.batch(rng, rows, 7);
        boolean wholeRows = rng.nextDouble() < 0.3;
        boolean[] points = new boolean[wholeRows ? rows : rows * 6];
        for (int i = 0; i < points.length; i++) {
            points[i] = rng.nextDouble() < 0.6;
        }
        TextBatch other = batch.perturbed(points, 11, rng);
        for (int row = 0; row < rows; row++) {
            assertArrayEquals(batch.whole().idsOf(row), other.whole().idsOf(row));
            for (int place = 0; place < 6; place++) {
                boolean chosen = points[wholeRows ? row : row * 6 + place];
                if (!chosen) {
                    int target = batch.targets().id(row, place + 1);
                    assertEquals(target, other.targets().id(row, place + 1));
                    for (int seen = 0; batch.counts(row, place) && seen <= place; seen++) {
                        assertEquals(batch.inputs().id(row, seen), other.inputs().id(row, seen));
                    }
                }
            }
        }
    }

    @AddLifecycleHook(NoNativeLeaks.class)
    @Property(tries = 25)
    void scores_are_those_of_probabilities_token_by_token(@ForAll long seed) {
        TextBatch batch = TinyText.batch(Rng.of(seed, "batch"), 3, 8);
        try (Transformer model = TinyText.model(DType.F64, seed)) {
            TokenScores scores = new TokenScores(model, OptionalInt.of(4), List.of(even()));
            scores.add(batch);
            double[] p;
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.off()) {
                p = model.logits(batch.inputs()).softmax(-1).toDoubles();
            }
            double[] sums = new double[6];
            int unknown = 0;
            for (int i = 0; i < 3 * 7; i++) {
                if (batch.counts(i / 7, i % 7)) {
                    int target = batch.token(i / 7, i % 7 + 1);
                    int kind = target % 2 == 0 ? 0 : 3;
                    int best = 0;
                    for (int t = 0; t < 11; t++) {
                        best = p[i * 11 + t] > p[i * 11 + best] ? t : best;
                    }
                    sums[kind]++;
                    unknown += target == 4 ? 1 : 0;
                    sums[kind + 1] -= Math.log(p[i * 11 + target]);
                    sums[kind + 2] += best == target ? 1 : 0;
                }
            }
            TokenScores.Score all = scores.all();
            assertEquals(sums[0] + sums[3], (double) all.tokens());
            assertEquals((sums[1] + sums[4]) / (sums[0] + sums[3]), all.loss(), 1e-6);
            assertEquals((sums[2] + sums[5]) / (sums[0] + sums[3]), all.accuracy(), 1e-12);
            assertEquals(unknown / (sums[0] + sums[3]), scores.unknown(), 1e-12);
            check(sums, 0, scores, "even");
            check(sums, 3, scores, TokenScores.REST);
        }
    }

    @Test
    void a_token_that_two_rules_give_one_name_counts_once() {
        try (Transformer model = TinyText.model(DType.F32, 5)) {
            TextBatch batch = TinyText.batch(Rng.of(5, "batch"), 3, 8);
            TokenScores scores =
                    new TokenScores(model, OptionalInt.empty(), List.of(even(), even()));
            scores.add(batch);
            TokenScores.Score even = Objects.requireNonNull(scores.byRoute().get("even"));
            TokenScores.Score rest = Objects.requireNonNull(scores.byRoute().get(TokenScores.REST));
            assertEquals(scores.all().tokens(), even.tokens() + rest.tokens());
        }
    }

    private static void check(double[] sums, int at, TokenScores scores, String route) {
        TokenScores.Score found = Objects.requireNonNull(scores.byRoute().get(route));
        assertEquals(sums[at], (double) found.tokens());
        if (sums[at] > 0) {
            assertEquals(sums[at + 1] / sums[at], found.loss(), 1e-6);
        }
    }

    @Test
    void the_rate_rises_in_a_line_and_falls_down_a_cosine() {
        LearningRate rate = new LearningRate(2, 4, true, 0.1);
        assertEquals(0.5, rate.at(0, 25), 1e-12);
        assertEquals(2, rate.at(3, 25), 1e-12);
        assertEquals(2, rate.at(4, 25), 1e-12);
        assertEquals(2 * 0.55, rate.at(14, 25), 1e-12);
        assertEquals(0.2, rate.at(24, 25), 1e-12);
        assertEquals(2, new LearningRate(2, 4, false, 0.1).at(24, 25));
        assertEquals(2, new LearningRate(2, 0, true, 0).at(0, 1));
    }

    @Test
    void ablating_units_of_a_hook_point_is_ablating_what_reads_them() {
        try (Transformer model = TinyText.model(DType.F64, 4);
                TensorScope scope = TensorScope.open()) {
            double[] whole = logits(model);
            double[] atHook;
            double[] atColumns;
            try (Ablation off = AblatedPart.parse("blocks.*.mlp.hook_post:d_mlp:2-5").zero(model)) {
                atHook = logits(model);
            }
            try (Ablation off =
                    AblatedPart.parse("blocks.*.mlp.out.weight:d_mlp:2-5").zero(model)) {
                atColumns = logits(model);
            }
            assertArrayEquals(atColumns, atHook, 1e-12);
            assertTrue(Math.abs(whole[0] - atHook[0]) > 1e-6);
            assertArrayEquals(whole, logits(model));
        }
    }

    private static double[] logits(Transformer model) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            return model.logits(TinyText.batch(Rng.of(1), 2, 6).inputs()).toDoubles();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:b:c",
                "a:b",
                "blocks.0.mlp.hook_post:d_mlp:5-2",
                "blocks.0.mlp.hook_pots:d_mlp:0-1",
                "blocks.0.mlp.hook_post:d_mpl:0-1",
                "blocks.0.mlp.hook_post:d_mlp:0-99",
                "blocks.0.mlp.in.weight:d_mlp:16"
            })
    void parts_that_are_not_there_are_refused(String text) {
        try (Transformer model = TinyText.model(DType.F32, 1);
                TensorScope scope = TensorScope.open()) {
            assertThrows(
                    UsageException.class,
                    () -> {
                        try (Ablation off = AblatedPart.parse(text).zero(model)) {
                            logits(model);
                        }
                    });
        }
    }

    @Test
    void a_token_lies_along_its_own_embedding_and_the_logit_is_what_the_direction_adds() {
        try (Transformer model = TinyText.model(DType.F64, 9)) {
            double[] direction = Direction.of("token: c", model, () -> WORDS);
            TokenDirections found = TokenDirections.of(model, WORDS, direction, 3);
            assertEquals(" c", found.top().get(0).text());
            assertEquals(1, found.top().get(0).cosine(), 1e-12);
            assertEquals(3, found.bottom().size());
            assertTrue(found.bottom().get(0).cosine() <= found.bottom().get(1).cosine());
            double length = TokenDirections.length(direction);
            assertEquals(length, found.top().get(0).logit(), 1e-9);
        }
    }

    @Test
    void what_a_unit_writes_is_the_change_of_the_stream_when_it_is_switched_on() {
        try (Transformer model = TinyText.model(DType.F64, 5);
                TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            double[] written = Direction.of("mlp:1.7", model, () -> WORDS);
            double[] before = lastStream(model, 0);
            double[] after = lastStream(model, 1);
            for (int i = 0; i < written.length; i++) {
                assertEquals(written[i], after[i] - before[i], 1e-12);
            }
        }
    }

    /** The stream at the first place after block 1, with {@code more} added to its unit 7. */
    private static double[] lastStream(Transformer model, double more) {
        double[][] seen = new double[1][];
        double[] add = new double[16];
        add[7] = more;
        var hooks = model.hooks();
        try (var unit =
                        Objects.requireNonNull(hooks.get("blocks.1.mlp.hook_post"))
                                .intercept(x -> x.add(Tensor.of(add, 16)));
                var stream =
                        Objects.requireNonNull(hooks.get("blocks.1.hook_resid_post"))
                                .intercept(
                                        x -> {
                                            seen[0] = x.toDoubles();
                                            return x;
                                        })) {
            model.logits(TinyText.batch(Rng.of(1), 1, 4).inputs());
        }
        return java.util.Arrays.copyOf(seen[0], 8);
    }

    @AddLifecycleHook(NoNativeLeaks.class)
    @Property(tries = 20)
    void no_direction_carries_more_of_a_head_than_its_own(@ForAll long seed) {
        try (Transformer model = TinyText.model(DType.F64, seed)) {
            double[] own = Direction.of("head:0.1", model, () -> WORDS);
            assertEquals(1, TokenDirections.length(own), 1e-9);
            double most = carried(model, own);
            Rng rng = Rng.of(seed, "others");
            for (int i = 0; i < 20; i++) {
                double[] other = new double[8];
                java.util.Arrays.setAll(other, k -> rng.nextGaussian());
                double length = TokenDirections.length(other);
                java.util.Arrays.setAll(other, k -> other[k] / length);
                assertTrue(carried(model, other) <= most * (1 + 1e-9));
            }
        }
    }

    /** Σ over the dimensions of head 1 of the squared product with what each writes. */
    private static double carried(Transformer model, double[] direction) {
        double sum = 0;
        for (int d = 0; d < 4; d++) {
            double[] column = Direction.of("head:0.1." + d, model, () -> WORDS);
            double dot = 0;
            for (int i = 0; i < column.length; i++) {
                dot += column[i] * direction[i];
            }
            sum += dot * dot;
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token: a b",
                "mlp:2.0",
                "mlp:0.16",
                "head:0.2",
                "head:0.0.4",
                "dim:8",
                "unit:3",
                ""
            })
    void directions_that_are_not_there_are_refused(String text) {
        try (Transformer model = TinyText.model(DType.F32, 1)) {
            assertThrows(UsageException.class, () -> Direction.of(text, model, () -> WORDS));
        }
    }

    @Test
    void every_hook_point_is_shown_with_its_sizes() {
        try (Transformer model = TinyText.model(DType.F32, 1)) {
            ModelInspection found = ModelInspection.of(model, null);
            assertEquals(model.hooks().size(), found.hooks().size());
            var pattern =
                    found.hooks().stream()
                            .filter(h -> h.name().equals("blocks.1.attn.hook_pattern"))
                            .findFirst()
                            .orElseThrow();
            assertEquals(List.of("batch", "2", "pos", "key"), pattern.shape());
            long count =
                    found.parameters().stream()
                            .mapToLong(ModelInspection.ParameterLine::count)
                            .sum();
            assertEquals(model.parameterCount(), count);
            assertEquals(4 * count, found.bytes());
        }
    }

    @Test
    void text_comes_piece_by_piece_and_ends_with_the_context() {
        try (Transformer model = TinyText.model(DType.F32, 2)) {
            StringBuilder heard = new StringBuilder();
            Continuation written =
                    Continuation.of(
                            model,
                            WORDS,
                            " a b",
                            new Sampling(1, 0, 1),
                            100,
                            Rng.of(3),
                            heard::append);
            assertEquals(written.text(), heard.toString());
            assertTrue(written.tokens() <= 10);
            if (written.ended() == Continuation.End.CONTEXT) {
                assertEquals(10, written.tokens());
            }
            Continuation again =
                    Continuation.of(
                            model, WORDS, " a b", new Sampling(1, 0, 1), 100, Rng.of(3), p -> {});
            assertEquals(written, again);
            Continuation other =
                    Continuation.of(
                            model, WORDS, " a b", new Sampling(1, 0, 1), 100, Rng.of(4), p -> {});
            assertFalse(written.text().equals(other.text()) && written.tokens() == 10);
        }
    }
}
