package dev.sluice.experiments;

import dev.sluice.engine.Tensor;
import dev.sluice.routing.RoutePlan;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One step of a {@link RoutedTask}: the data, how their gradients are routed, and the loss.
 *
 * @param forward a pass over this batch, or over one in which some examples were replaced; draws no
 *     random numbers of its own, so that the same batch gives the same bits
 */
public record RoutedStep<B>(B batch, RoutePlan<B> plan, Function<B, Pass> forward) {
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
}
