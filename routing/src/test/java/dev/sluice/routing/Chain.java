package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.LayerNorm;
import dev.sluice.engine.layer.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Linear maps {@code l1}, {@code l2}, … from axis {@code d0} to {@code d1} to {@code d2}, …, each
 * followed by tanh and the hook point {@code h1}, {@code h2}, …; before the last a norm, if wanted.
 */
final class Chain extends Layer {
    private final List<Linear> maps = new ArrayList<>();
    private final List<HookPoint> hooks = new ArrayList<>();
    private final @Nullable LayerNorm norm;

    Chain(Rng rng, boolean withNorm, int... sizes) {
        for (int i = 1; i < sizes.length; i++) {
            String in = "d" + (i - 1);
            maps.add(
                    child(
                            "l" + i,
                            new Linear(in, sizes[i - 1], "d" + i, sizes[i], true, DType.F32, rng)));
            hooks.add(hook("h" + i, "batch", "d" + i));
        }
        int last = sizes.length - 2;
        norm =
                withNorm
                        ? child("norm", new LayerNorm("d" + last, sizes[last], 1e-5, DType.F32))
                        : null;
    }

    Tensor forward(Tensor x) {
        Tensor h = x;
        for (int i = 0; i < maps.size(); i++) {
            if (norm != null && i == maps.size() - 1) {
                h = norm.forward(h);
            }
            h = hooks.get(i).apply(maps.get(i).forward(h).tanh());
        }
        return h;
    }

    Tensor weight(String name) {
        return Objects.requireNonNull(parameters().get(name)).value();
    }

    /** Mean square of the output, so that the gradient of each point depends on its data alone. */
    Map<String, Tensor> loss(LabelledVectors batch) {
        return Map.of("out", forward(batch.x()).square().mean());
    }
}
