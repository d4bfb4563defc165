package dev.sluice.models.transformer;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Offset;
import dev.sluice.engine.layer.Projection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two maps with a non-linearity between them, or, gated, the product of a non-linear and a linear
 * map before the second. {@code hook_pre} is what the non-linearity reads, {@code hook_post} what
 * the last map reads.
 */
final class FeedForward extends Layer {
    private static final List<String> MODEL = List.of("d_model");
    private static final List<String> MLP = List.of("d_mlp");

    private final Activation activation;
    private final @Nullable Projection gate;
    private final Projection in;
    private final Projection out;
    private final HookPoint pre;
    private final @Nullable HookPoint preLinear;
    private final @Nullable Offset product;
    private final HookPoint post;

    FeedForward(TransformerConfig config, long width, Start start) {
        TransformerConfig.FeedForward shared = config.feedForward();
        activation = shared.activation();
        long[] model = {config.dModel()};
        long[] mlp = {width};
        boolean bias = shared.bias() && !shared.productBias();
        gate =
                shared.gated()
                        ? child(
                                "gate",
                                start.projection("gate", MLP, mlp, MODEL, model, bias, false))
                        : null;
        in = child("in", start.projection("in", MLP, mlp, MODEL, model, bias, false));
        product =
                shared.productBias()
                        ? child("product", new Offset("d_mlp", width, start.dtype()))
                        : null;
        out = child("out", start.projection("out", MODEL, model, MLP, mlp, shared.bias(), true));
        pre = hook("hook_pre", "batch", "pos", "d_mlp");
        preLinear = shared.gated() ? hook("hook_pre_linear", "batch", "pos", "d_mlp") : null;
        post = hook("hook_post", "batch", "pos", "d_mlp");
    }

    /** [batch, pos, d_model] → [batch, pos, d_model]. */
    Tensor forward(Tensor x) {
        if (gate == null || preLinear == null) {
            return out.forward(post.apply(activation.apply(pre.apply(in.forward(x)))));
        }
        Tensor open = activation.apply(pre.apply(gate.forward(x)));
        Tensor both = open.mul(preLinear.apply(in.forward(x)));
        return out.forward(post.apply(product == null ? both : product.forward(both)));
    }
}
