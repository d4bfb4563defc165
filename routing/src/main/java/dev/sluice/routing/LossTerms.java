package dev.sluice.routing;

import dev.sluice.engine.Tensor;
import java.util.Map;

/**
 * The terms of a loss by name, from one forward pass. Claims say through which of them nothing
 * comes.
 *
 * @param <B> the batch
 */
@FunctionalInterface
public interface LossTerms<B> {
    /**
     * Single values, each with its weight in the loss already. The same batch must give the same
     * bits: where a model draws noise, draw it from the same seed every time.
     */
    Map<String, Tensor> of(B batch);
}
