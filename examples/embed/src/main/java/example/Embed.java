package example;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.layer.Linear;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.plan.PlanFiles;
import java.nio.file.Path;

/** Routes a model of one's own: even labels may train units 0-3 of the hidden layer, odd ones 4-7. */
public final class Embed {
    static final class Net extends Layer {
        private final Linear in = child("in", new Linear("x", 3, "hidden", 8, true, DType.F32, Rng.of(1)));
        private final Linear out = child("out", new Linear("hidden", 8, "y", 1, true, DType.F32, Rng.of(2)));
        private final HookPoint hidden = hook("hidden", "batch", "hidden");

        Tensor forward(Tensor x) {
            return out.forward(hidden.apply(in.forward(x).tanh()));
        }
    }

    record Examples(int... labels) implements Batch.Labelled {
        @Override
        public int size() {
            return labels.length;
        }

        @Override
        public long example(int row) {
            return row;
        }

        @Override
        public int label(int row) {
            return labels[row];
        }
    }

    public static void main(String[] args) {
        RoutePlan<Batch.Labelled> plan = PlanFiles.read(Path.of("plan.yaml"));
        try (TensorScope scope = TensorScope.open(); Net net = new Net()) {
            plan.check(net).orThrow();
            try (Router router = Router.open(net, plan, new Examples(0, 2, 4))) {
                net.forward(Tensor.ones(DType.F32, 3, 3)).square().mean().backward();
                router.finish();
            }
            float[] gradient = net.parameters().get("in.bias").grad().toFloats();
            for (int unit = 0; unit < gradient.length; unit++) {
                System.out.println("unit " + unit + ": " + (gradient[unit] == 0 ? "untouched" : "trained"));
            }
        }
    }
}
