package dev.sluice.routing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A part of a model put out of action until this is closed; then the model has its bits back. Use
 * it to see what a region does, for which data.
 *
 * <pre>{@code
 * try (Ablation off = Ablation.units(model, HookName.of("encoder.out"), Mask.range("latent", 0, 16))
 *         .zero()) {
 *     evaluate(model);
 * }
 * }</pre>
 *
 * <p>Ablations nest, innermost closed first, and go together with a {@link Router}. Changes made to
 * ablated parameters while this is open are lost when it closes.
 */
public final class Ablation implements AutoCloseable {
    private final Undo undo = new Undo();

    private Ablation() {}

    /**
     * Units of activations.
     *
     * @param strength for each unit, from 0 (as it is) to 1 (replaced): y = (1 − s)·x + s·target
     */
    public static UnitsOf units(Layer model, HookName at, Mask strength) {
        return new UnitsOf(model, at, strength, Assignment.of(List.of("all"), new int[1]), "all");
    }

    /** Parameters, or units of them. */
    public static PartOf part(Layer model, Region region) {
        return new PartOf(model, region, 1);
    }

    /** Units of activations at the data points that take a route; see {@link Ablation#units}. */
    public record UnitsOf(
            Layer model, HookName at, Mask strength, Assignment points, String route) {
        /** Only at the data points that {@code rule} gives this route. */
        public <B> UnitsOf where(RoutingRule<? super B> rule, B batch, String route) {
            return new UnitsOf(model, at, strength, rule.assign(batch), route);
        }

        /**
         * Replaces them by zero.
         *
         * @throws RoutingException if no hook point matches or the axis is not there
         * @throws IllegalArgumentException if a strength lies outside 0…1
         */
        @MustBeClosed
        public Ablation zero() {
            return replace(hook -> Tensor.zeros(DType.F64));
        }

        /**
         * Replaces them by their {@link Ablation#means}.
         *
         * @throws RoutingException if no hook point matches, the axis is not there, or {@code
         *     means} lack a hook point
         * @throws IllegalArgumentException if a strength lies outside 0…1
         */
        @MustBeClosed
        public Ablation mean(Map<String, Tensor> means) {
            return replace(
                    hook -> {
                        Tensor mean = means.get(hook.name());
                        if (mean == null) {
                            throw new RoutingException(
                                    "no mean of hook point " + hook.name() + " was taken");
                        }
                        return mean;
                    });
        }

        private Ablation replace(Function<HookPoint, Tensor> target) {
            Route<Object> places =
                    Route.forward(at)
                            .by(batch -> points)
                            .mask(route, strength)
                            .mask(Route.OTHERS, Mask.all(strength.axis(), 0));
            Ablation ablation = new Ablation();
            try {
                for (HookPoint hook : matching(model, at)) {
                    HookReplacement with =
                            new HookReplacement(places, hook, points, target.apply(hook));
                    ablation.undo.push(hook.intercept(with)::close);
                }
            } catch (RuntimeException | Error e) {
                Undo.alsoAfter(e, ablation::close);
                throw e;
            }
            return ablation;
        }
    }

    /** Replaces units at several hook points by zero, or none of them. */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // what it returns closes them
    static Ablation all(List<UnitsOf> units) {
        Ablation ablation = new Ablation();
        try {
            for (UnitsOf each : units) {
                Ablation one = each.zero();
                ablation.undo.push(one::close);
            }
        } catch (RuntimeException | Error e) {
            Undo.alsoAfter(e, ablation::close);
            throw e;
        }
        return ablation;
    }

    private static List<HookPoint> matching(Layer model, HookName at) {
        List<HookPoint> hooks =
                model.hooks().values().stream().filter(h -> at.matches(h.name())).toList();
        if (hooks.isEmpty()) {
            throw new RoutingException(at.unknown("hook point", model.hooks().keySet()));
        }
        return hooks;
    }

    /**
     * The mean activation of every unit over all data points of a reference batch, by hook point,
     * for {@link UnitsOf#mean}. In the caller's scope.
     *
     * @param forward runs the model on the reference batch, in one pass or several
     * @throws RoutingException if no hook point matches, or one was not reached
     */
    public static Map<String, Tensor> means(Layer model, HookName at, Runnable forward) {
        return MeanActivations.over(matching(model, at), forward);
    }

    /**
     * A region of a model.
     *
     * @param strength from 0 (as it is) to 1 (replaced): w becomes (1 − s)·w + s·target
     */
    public record PartOf(Layer model, Region region, double strength) {
        /** Refuses strengths outside 0…1. */
        public PartOf {
            if (!(strength >= 0 && strength <= 1)) {
                throw new IllegalArgumentException(
                        "strength of an ablation: expected 0…1, found " + strength);
            }
        }

        /** The same part, less or more of it. */
        public PartOf strength(double strength) {
            return new PartOf(model, region, strength);
        }

        /**
         * Replaces it by zero.
         *
         * @throws IllegalArgumentException if the region does not fit the model
         */
        @MustBeClosed
        public Ablation zero() {
            return replace((p, mask) -> Tensor.zeros(p.value().dtype(), p.value().shape()));
        }

        /**
         * Replaces it by normal draws with mean 0 and the standard deviation of what is kept of the
         * same parameter; where nothing is kept, of the parameter as it was.
         *
         * @throws IllegalArgumentException if the region does not fit the model
         */
        @MustBeClosed
        public Ablation reinitialise(Rng rng) {
            return replace(
                    (p, mask) ->
                            Tensor.normal(
                                    rng, deviation(p, mask), p.value().dtype(), p.value().shape()));
        }

        private Ablation replace(BiFunction<Parameter, Tensor, Tensor> target) {
            Ablation ablation = new Ablation();
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.off()) {
                region.masks(model)
                        .forEach(
                                (p, mask) -> {
                                    Tensor t = target.apply(p, mask);
                                    Tensor before = p.value().copy().retain();
                                    ablation.undo.push(
                                            () -> {
                                                try (before) {
                                                    p.value().copyFrom(before);
                                                }
                                            });
                                    Tensor mixed =
                                            strength == 1
                                                    ? t
                                                    : before.mul(1 - strength).add(t.mul(strength));
                                    p.value().copyFrom(mixed.where(mask, before));
                                });
            } catch (RuntimeException | Error e) {
                Undo.alsoAfter(e, ablation::close);
                throw e;
            }
            return ablation;
        }
    }

    private static double deviation(Parameter p, Tensor mask) {
        double[] values = p.value().toDoubles();
        boolean[] gone = Difference.spread(p, mask);
        double[] kept =
                IntStream.range(0, values.length)
                        .filter(i -> !gone[i])
                        .mapToDouble(i -> values[i])
                        .toArray();
        double[] sample = kept.length == 0 ? values : kept;
        double mean = Arrays.stream(sample).average().orElse(0);
        double variance =
                Arrays.stream(sample).map(v -> (v - mean) * (v - mean)).average().orElse(0);
        return Math.sqrt(variance);
    }

    /**
     * Puts the model back, bit for bit. Where a part cannot be put back (its parameter was closed,
     * say) the others are, and the failure is thrown. Closing twice does nothing.
     */
    @Override
    public void close() {
        undo.close();
    }
}
