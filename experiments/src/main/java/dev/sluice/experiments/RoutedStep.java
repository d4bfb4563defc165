package dev.sluice.experiments;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import dev.sluice.routing.RoutePlan;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One step of a {@link RoutedTask}: the data, how their gradients are routed, and the loss.
 *
 * @param forward a pass over this batch, or over one in which some examples were replaced; draws no
 *     random numbers of its own, so that the same batch gives the same bits
 * @param parts the batch in parts that can be computed at the same time, two or more; none: it is
 *     computed as a whole. A plan with updates that leave out a class is not for parts: what is
 *     left depends on all data of the batch
 */
public record RoutedStep<B>(
        B batch, RoutePlan<B> plan, Function<B, Pass> forward, List<Part<B>> parts) {
    /** Copies the list. */
    public RoutedStep {
        parts = List.copyOf(parts);
        if (!parts.isEmpty() && !plan.updates().isEmpty()) {
            throw new IllegalArgumentException("a plan with updates does not work on parts");
        }
        double weights = parts.stream().mapToDouble(Part::weight).sum();
        if (parts.size() == 1 || (!parts.isEmpty() && Math.abs(weights - 1) > 1e-9)) {
            throw new IllegalArgumentException(
                    "expected two parts or more whose weights sum to 1, found "
                            + parts.size()
                            + " of "
                            + weights);
        }
    }

    /** A step that is computed as a whole. */
    public RoutedStep(B batch, RoutePlan<B> plan, Function<B, Pass> forward) {
        this(batch, plan, forward, List.of());
    }

    /** The batch as one part, for the model in training. */
    Part<B> whole(Layer model) {
        return new Part<>(model, batch, 1, forward);
    }

    /** The parts in which the batch is computed: those that it has, or the whole. */
    List<Part<B>> computed(Layer model) {
        return parts.isEmpty() ? List.of(whole(model)) : parts;
    }

    /**
     * What a forward pass gives.
     *
     * @param terms of the loss, by name, already weighted, in a fixed order; their sum is trained
     * @param observed what is logged besides them; asked for after the step, if at all
     */
    public record Pass(Map<String, Tensor> terms, Supplier<Map<String, Double>> observed) {
        /** A pass with nothing to log but the terms. */
        public static Pass of(Map<String, Tensor> terms) {
            return new Pass(terms, Map::of);
        }
    }

    /**
     * A part of a batch.
     *
     * @param model what computes it: for the first part the model in training, for the others one
     *     that {@linkplain Layer#share shares} its parameters
     * @param weight what its terms count in those of the whole batch; all sum to 1
     */
    public record Part<B>(Layer model, B batch, double weight, Function<B, Pass> forward) {}
}
