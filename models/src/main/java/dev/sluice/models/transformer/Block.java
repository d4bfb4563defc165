package dev.sluice.models.transformer;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import java.util.ArrayList;
import java.util.List;

/** Attention and a feed-forward layer, each of which reads the residual stream and adds to it. */
final class Block extends Layer {
    private static final String[] STREAM = {"batch", "pos", "d_model"};

    private final TransformerConfig.Norm norm;
    private final HookPoint before;
    private final Norm ln1;
    private final Attention attention;
    private final HookPoint attentionOut;
    private final HookPoint between;
    private final Norm ln2;
    private final FeedForward mlp;
    private final HookPoint mlpOut;
    private final HookPoint after;

    Block(TransformerConfig config, BlockSizes sizes, Start start) {
        norm = config.norm();
        before = hook("hook_resid_pre", STREAM);
        ln1 = norm("ln1", config, start);
        attention = child("attn", new Attention(config, sizes, start));
        attentionOut = hook("hook_attn_out", STREAM);
        between = hook("hook_resid_mid", STREAM);
        ln2 = norm("ln2", config, start);
        mlp = child("mlp", new FeedForward(config, sizes.dMlp(), start));
        mlpOut = hook("hook_mlp_out", STREAM);
        after = hook("hook_resid_post", STREAM);
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        List<AxisUse> uses = new ArrayList<>(Norm.axisUses(norm, "ln1"));
        uses.addAll(Norm.axisUses(norm, "ln2"));
        return uses;
    }

    private Norm norm(String name, TransformerConfig config, Start start) {
        Layer parameters = Norm.parameters(config.norm(), config.dModel(), start.dtype());
        return new Norm(
                config.norm(),
                child(name, parameters),
                hook(name + ".hook_scale", "batch", "pos", "1"),
                hook(name + ".hook_normalized", STREAM));
    }

    /** The residual stream after this block; what it took on the way is freed, but for autograd. */
    Tensor forward(Tensor stream, Pass pass, int number) {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = before.apply(stream);
            x = between.apply(x.add(attentionOut.apply(attend(x, pass, number))));
            return scope.keep(after.apply(x.add(mlpOut.apply(mlp.forward(ln2.forward(x))))));
        }
    }

    private Tensor attend(Tensor x, Pass pass, int number) {
        return attention.forward(ln1.forward(x), pass, number);
    }
}
