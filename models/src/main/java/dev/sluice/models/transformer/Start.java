package dev.sluice.models.transformer;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Projection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values that a new model's matrices start from; biases start at 0.
 *
 * @param rng what draws them; null: zeros, for a model whose weights are loaded next
 */
record Start(DType dtype, @Nullable Rng rng, double deviation, double outputDeviation) {
    /** An embedding or a map into a layer. */
    Tensor matrix(String name, long... shape) {
        return drawn(name, deviation, shape);
    }

    private Tensor drawn(String name, double deviation, long... shape) {
        return rng == null
                ? Tensor.zeros(dtype, shape)
                : Tensor.normal(rng.derive(name), deviation, dtype, shape);
    }

    /**
     * A map.
     *
     * @param output whether it adds to the residual stream
     */
    Projection projection(
            String name,
            List<String> outAxes,
            long[] out,
            List<String> inAxes,
            long[] in,
            boolean bias,
            boolean output) {
        long[] shape = new long[out.length + in.length];
        System.arraycopy(out, 0, shape, 0, out.length);
        System.arraycopy(in, 0, shape, out.length, in.length);
        return new Projection(
                outAxes,
                inAxes,
                drawn(name, output ? outputDeviation : deviation, shape),
                bias ? Tensor.zeros(dtype, out) : null);
    }
}
