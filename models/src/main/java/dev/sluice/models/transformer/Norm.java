package dev.sluice.models.transformer;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Gain;
import dev.sluice.engine.layer.LayerNorm;
import java.util.List;

/**
 * A norm over the residual stream, with hook points at its scale [batch, pos, 1], √(variance +
 * epsilon) or √(mean square + epsilon), and at what it normalised: for a layer norm after gain and
 * offset, for a root-mean-square norm before the gain.
 */
final class Norm {
    private final double epsilon;
    private final boolean rootMeanSquare;
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
        rootMeanSquare = config.rootMeanSquare();
        this.parameters = parameters;
        this.scale = scale;
        this.normalized = normalized;
    }

    /** Gain and, for a layer norm, offset; or neither. */
    static Layer parameters(TransformerConfig.Norm config, long size, DType dtype) {
        if (!config.gain()) {
            return new Bare();
        }
        return config.rootMeanSquare()
                ? new Gain("d_model", size, dtype)
                : new LayerNorm("d_model", size, config.epsilon(), dtype);
    }

    /** What a norm without parameters has. */
    private static final class Bare extends Layer {}

    /** What a norm of this name does with its axis, beside what its parameters' layer says. */
    static List<AxisUse> axisUses(TransformerConfig.Norm config, String name) {
        return config.gain() && !config.rootMeanSquare()
                ? List.of()
                : List.of(new AxisUse.Mean(name, "d_model"));
    }

    Tensor forward(Tensor x) {
        if (parameters instanceof LayerNorm norm) {
            return normalized.apply(
                    scale.open() ? norm.affine(scaled(centred(x))) : norm.forward(x));
        }
        Tensor y = normalized.apply(scaled(rootMeanSquare ? x : centred(x)));
        return parameters instanceof Gain gain ? gain.forward(y) : y;
    }

    private static Tensor centred(Tensor x) {
        return x.sub(x.mean(true, -1));
    }

    private Tensor scaled(Tensor x) {
        return x.div(scale.apply(x.square().mean(true, -1).add(epsilon).sqrt()));
    }
}
