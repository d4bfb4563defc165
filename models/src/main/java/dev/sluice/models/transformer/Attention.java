package dev.sluice.models.transformer;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.ScaledDotProduct;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Projection;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head attention, with fewer heads of keys and values than of queries if wanted. Scores and
 * pattern exist only while someone looks at them: else the fused kernel computes the values.
 */
final class Attention extends Layer {
    private static final List<String> MODEL = List.of("d_model");
    private static final List<String> HEADS = List.of("head", "d_head");
    private static final List<String> KV_HEADS = List.of("kv_head", "d_head");

    private final BlockSizes sizes;
    private final double scale;
    private final int turned;
    private final Projection q;
    private final Projection k;
    private final Projection v;
    private final Projection o;
    private final HookPoint hookQ;
    private final HookPoint hookK;
    private final HookPoint hookV;
    private final @Nullable HookPoint rotatedQ;
    private final @Nullable HookPoint rotatedK;
    private final HookPoint scores;
    private final HookPoint pattern;
    private final HookPoint z;

    Attention(TransformerConfig config, BlockSizes sizes, Start start) {
        this.sizes = sizes;
        scale = config.attention().scale();
        long[] model = {config.dModel()};
        long[] heads = {sizes.heads(), sizes.dHead()};
        long[] kv = {sizes.kvHeads(), sizes.dHead()};
        boolean bias = config.attention().inputBias();
        q = child("q", start.projection("q", HEADS, heads, MODEL, model, bias, false));
        k = child("k", start.projection("k", KV_HEADS, kv, MODEL, model, bias, false));
        v = child("v", start.projection("v", KV_HEADS, kv, MODEL, model, bias, false));
        boolean outputBias = config.attention().outputBias();
        o = child("o", start.projection("o", MODEL, model, HEADS, heads, outputBias, true));
        turned =
                config.positions() instanceof TransformerConfig.Rotary angles
                        ? angles.dimensions()
                        : 0;
        boolean rotary = turned > 0;
        hookQ = hook("hook_q", "batch", "pos", "head", "d_head");
        hookK = hook("hook_k", "batch", "pos", "kv_head", "d_head");
        hookV = hook("hook_v", "batch", "pos", "kv_head", "d_head");
        rotatedQ = rotary ? hook("hook_rot_q", "batch", "pos", "head", "d_head") : null;
        rotatedK = rotary ? hook("hook_rot_k", "batch", "pos", "kv_head", "d_head") : null;
        scores = hook("hook_attn_scores", "batch", "head", "pos", "key");
        pattern = hook("hook_pattern", "batch", "head", "pos", "key");
        z = hook("hook_z", "batch", "pos", "head", "d_head");
    }

    @Override
    protected List<AxisUse> ownAxisUses() {
        return List.of(
                new AxisUse.Scores("", "d_head", "q", "k", scale, turned),
                new AxisUse.Groups("", "head", "kv_head"));
    }

    /** [batch, pos, d_model] → [batch, pos, d_model]. */
    Tensor forward(Tensor x, Pass pass, int block) {
        Tensor queries = hookQ.apply(q.forward(x));
        Tensor keys = hookK.apply(k.forward(x));
        Tensor values = hookV.apply(v.forward(x)).transpose(1, 2);
        if (rotatedQ != null && rotatedK != null) {
            queries = rotatedQ.apply(pass.rotate(queries));
            keys = rotatedK.apply(pass.rotate(keys));
        }
        queries = queries.transpose(1, 2);
        keys = keys.transpose(1, 2);
        KeyValueCache cache = pass.cache();
        if (cache != null) {
            keys = cache.withKeys(block, keys);
            values = cache.withValues(block, values);
        }
        Tensor attended =
                scores.open() || pattern.open()
                        ? explicit(queries, forEachHead(keys), forEachHead(values), pass)
                        : fused(queries, forEachHead(keys), forEachHead(values), pass);
        return o.forward(z.apply(attended.transpose(1, 2)));
    }

    /** Repeats the heads of keys or values, so that each query head has its own. */
    private Tensor forEachHead(Tensor x) {
        long group = sizes.heads() / sizes.kvHeads();
        if (group == 1) {
            return x;
        }
        long[] s = x.shape();
        return x.unsqueeze(2)
                .expand(s[0], s[1], group, s[2], s[3])
                .reshape(s[0], s[1] * group, s[2], s[3]);
    }

    private Tensor fused(Tensor queries, Tensor keys, Tensor values, Pass pass) {
        boolean all = pass.seesAllBefore(sizes.window());
        if (all && pass.whole()) {
            return ScaledDotProduct.causal(queries, keys, values, scale);
        }
        Tensor visible = all && pass.queries() == 1 ? null : pass.visible(sizes.window());
        return ScaledDotProduct.seeing(queries, keys, values, visible, scale);
    }

    private Tensor explicit(Tensor queries, Tensor keys, Tensor values, Pass pass) {
        Tensor products = queries.matmul(keys.transpose(2, 3)).mul(scale);
        Tensor hidden = Tensor.full(Double.NEGATIVE_INFINITY, products.dtype());
        Tensor seen = scores.apply(products.where(pass.visible(sizes.window()), hidden));
        return pattern.apply(seen.softmax(-1)).matmul(values);
    }
}
