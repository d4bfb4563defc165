package dev.sluice.experiments.splitdigits;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.models.SplitAutoencoder.Half;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * One decoder pass with a mask for each image against the published two passes, written down here
 * as they are: each decodes every image, with the other half cut off, and averages over its group.
 */
class OnePassPropertyTest {
    private static final int PIXELS = 11;

    /** A batch as a training step sees it. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Drawn(
            SplitDigitsSettings settings,
            int[] labels,
            boolean[] inHigh,
            boolean[] joins,
            Tensor x) {
        boolean[] low() {
            return choose(i -> seen(i) && !inHigh[i]);
        }

        boolean[] high() {
            return choose(i -> seen(i) && (inHigh[i] || joins[i]));
        }

        private boolean seen(int i) {
            return labels[i] >= settings.decoderFrom();
        }

        private boolean[] choose(IntPredicate which) {
            boolean[] chosen = new boolean[labels.length];
            IntStream.range(0, chosen.length).forEach(i -> chosen[i] = which.test(i));
            return chosen;
        }
    }

    @Property(tries = 80)
    void one_pass_has_the_loss_and_gradients_of_the_published_two(@ForAll long seed) {
        Rng rng = Rng.of(seed, "one-pass");
        try (TensorScope scope = TensorScope.open()) {
            Drawn drawn = draw(rng);
            try (SplitAutoencoder model =
                    new SplitAutoencoder(drawn.settings().sizes(PIXELS), DType.F64, rng)) {
                Tensor published = twoPasses(model, drawn);
                if (published.requiresGrad()) {
                    published.backward();
                }
                Map<String, Tensor> expected = gradients(model);
                model.clearGradients();
                double loss = onePass(model, drawn);
                // The mask table holds shares as f32, and only a share of neither 0, ½ nor 1
                // rounds.
                double bound = drawn.settings().routingShare() < 1 ? 1e-5 : 1e-10;
                assertEquals(published.item(), loss, 1e-12, drawn::toString);
                Map<String, Tensor> found = gradients(model);
                expected.forEach((name, g) -> same(name, g, found.get(name), bound, drawn));
            }
        }
    }

    private static void same(
            String name, Tensor expected, @Nullable Tensor found, double bound, Drawn drawn) {
        double[] e = expected.toDoubles();
        double[] f = found == null ? new double[0] : found.toDoubles();
        double largest = Arrays.stream(e).map(Math::abs).max().orElse(0);
        assertEquals(e.length, f.length, name);
        for (int i = 0; i < e.length; i++) {
            assertEquals(e[i], f[i], bound * largest + 1e-15, () -> name + " of " + drawn);
        }
    }

    private static Drawn draw(Rng rng) {
        Map<String, String> s = new LinkedHashMap<>();
        s.put("hidden", (3 + rng.nextInt(5)) + "x" + (3 + rng.nextInt(5)));
        s.put("code", Integer.toString(2 + 2 * rng.nextInt(3)));
        s.put("batch", "8");
        String routing = one(rng, "digits", "digits", "high-half-on-all", "hash", "none");
        String share = one(rng, "1", "0.5", "0.2");
        boolean both = routing.equals("high-half-on-all") || !share.equals("1");
        s.put("routing", routing);
        s.put("routing_share", share);
        s.put(
                "decoders",
                both && !routing.equals("none") ? "shared" : one(rng, "shared", "separate"));
        s.put("decoder_digits", one(rng, "0-9", "0-9", "5-9", "6-9"));
        s.put("mean", one(rng, "groups", "groups", "single"));
        SplitDigitsSettings settings =
                SplitDigitsSettings.of(
                        Settings.of(
                                SplitDigitsSettings.DECLARED,
                                SplitDigitsSettings.preset("smoke"),
                                s));
        int n = 1 + rng.nextInt(8);
        int[] labels = IntStream.range(0, n).map(i -> rng.nextInt(10)).toArray();
        boolean[] inHigh = new boolean[n];
        boolean[] joins = new boolean[n];
        for (int i = 0; i < n; i++) {
            inHigh[i] = settings.routing() == Routing.HASH ? rng.nextInt(2) == 1 : labels[i] >= 5;
            joins[i] = rng.nextDouble() >= settings.routingShare();
        }
        Tensor x = Tensor.uniform(rng, -1, 1, DType.F64, n, PIXELS);
        return new Drawn(settings, labels, inHigh, joins, x);
    }

    private static String one(Rng rng, String... choices) {
        return choices[rng.nextInt(choices.length)];
    }

    private static double onePass(SplitAutoencoder model, Drawn d) {
        SplitDigitsSettings s = d.settings();
        ImageWeights weights = ImageWeights.of(s, d.labels(), d.inHigh(), d.joins());
        boolean pure = s.routingShare() == 1 && s.routing() != Routing.HIGH_HALF_ON_ALL;
        RoutePlan<LabelledImages> plan =
                SplitDigitsPlan.of(
                        s,
                        pure
                                ? SplitDigitsPlan.byGroup(d.inHigh())
                                : SplitDigitsPlan.byShare(weights.highShare(d.inHigh())),
                        pure);
        int[] rows = IntStream.range(0, d.labels().length).toArray();
        LabelledImages batch = new LabelledImages(d.x(), d.labels(), rows);
        try (Router router = Router.open(model, plan, batch)) {
            Tensor loss =
                    new SplitDigitsLoss(model, s)
                            .terms(batch, weights)
                            .get(SplitDigitsPlan.RECONSTRUCTION);
            if (loss == null) {
                throw new AssertionError("no reconstruction");
            }
            loss.backward();
            router.finish();
            return loss.item();
        }
    }

    private static Tensor twoPasses(SplitAutoencoder model, Drawn d) {
        SplitDigitsSettings s = d.settings();
        boolean routed = s.routing() != Routing.NONE;
        Tensor z = model.encode(d.x());
        Tensor low = model.half(z, Half.LOW);
        Tensor high = model.half(z, Half.HIGH);
        Tensor lowCode = Tensor.concat(List.of(low, routed ? high.detach() : high), 1);
        Tensor highCode = Tensor.concat(List.of(routed ? low.detach() : low, high), 1);
        Tensor first = model.decode(lowCode);
        Tensor second = s.separateDecoders() ? model.decodeHigh(highCode) : model.decode(highCode);
        Tensor loss = mean(first, d, d.low()).add(mean(second, d, d.high()));
        return s.routing() == Routing.HIGH_HALF_ON_ALL ? loss.add(mean(second, d, d.low())) : loss;
    }

    /** Mean absolute error over a group, 0 for an empty one; or its share of one overall mean. */
    private static Tensor mean(Tensor image, Drawn d, boolean[] group) {
        int[] rows = IntStream.range(0, group.length).filter(i -> group[i]).toArray();
        if (rows.length == 0) {
            return Tensor.zeros(DType.F64);
        }
        Tensor index = Tensor.of(rows, rows.length);
        Tensor error = image.select(0, index).sub(d.x().select(0, index)).abs();
        return d.settings().singleMean()
                ? error.sum().div((double) PIXELS * group.length)
                : error.mean();
    }

    private static Map<String, Tensor> gradients(SplitAutoencoder model) {
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        model.parameters()
                .forEach(
                        (name, p) -> {
                            Tensor g = p.grad();
                            gradients.put(name, g == null ? p.value().detach().mul(0) : g.copy());
                        });
        return gradients;
    }
}
