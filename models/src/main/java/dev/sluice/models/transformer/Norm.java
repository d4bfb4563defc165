package dev.sluice.models.transformer;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Gain;
import dev.sluice.engine.layer.LayerNorm;

/**
 * A norm over the residual stream, with hook points at its scale [batch, pos, 1], √(variance +
 * epsilon) or √(mean square + epsilon), and at what it normalised: for a layer norm after gain and
 * offset, for a root-mean-square norm before the gain.
 */
final class Norm {
    private final double epsilon;
    private final Layer parameters;
    private final HookPoint scale;
    private final HookPoint normalized;

    /**
     * A norm.
     *
     * @param parameters what {@link #parameters(TransformerConfig.Norm, long, DType)} made
     */
    Norm(TransformerConfig.Norm config, Layer parameters, HookPoint scale, HookPoint normalized) {
        epsilon = config.epsilon();
        this.parameters = parameters;
        this.scale = scale;
        this.normalized = normalized;
    }

    /** Gain and, for a layer norm, offset. */
    static Layer parameters(TransformerConfig.Norm config, long size, DType dtype) {
        return config.rootMeanSquare()
                ? new Gain("d_model", size, dtype)
                : new LayerNorm("d_model", size, config.epsilon(), dtype);
    }

    Tensor forward(Tensor x) {
        if (parameters instanceof LayerNorm norm) {
            return normalized.apply(
                    scale.open() ? norm.affine(scaled(x.sub(x.mean(true, -1)))) : norm.forward(x));
        }
        return ((Gain) parameters).forward(normalized.apply(scaled(x)));
    }

    private Tensor scaled(Tensor x) {
        return x.div(scale.apply(x.square().mean(true, -1).add(epsilon).sqrt()));
    }
}
