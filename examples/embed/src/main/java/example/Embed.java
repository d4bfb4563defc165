package example;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.layer.Linear;
import dev.sluice.routing.Batch;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingRule;

/** Two classes of data, one hidden layer: class 0 trains units 0-3, class 1 units 4-7. */
public final class Embed {
    static final class Net extends Layer {
        private final Linear in = child("in", new Linear("x", 3, "hidden", 8, true, DType.F32, Rng.of(1)));
        private final Linear out = child("out", new Linear("hidden", 8, "y", 1, true, DType.F32, Rng.of(2)));
        private final HookPoint hidden = hook("hidden", "batch", "hidden");

        Tensor forward(Tensor x) {
            return out.forward(hidden.apply(in.forward(x).relu()));
        }
    }

    record Data(int[] labels) implements Batch.Labelled {
        public int size() { return labels.length; }

        public long example(int row) { return row; }

        public int label(int row) { return labels[row]; }
    }

    public static void main(String[] args) {
        RoutePlan<Batch.Labelled> plan = RoutePlan.of(
                Route.at(HookName.of("hidden"))
                        .<Batch.Labelled>by(RoutingRule.label(y -> y == 0 ? "first" : "second"))
                        .mask("first", Mask.range("hidden", 0, 4))
                        .mask("second", Mask.range("hidden", 4, 8)));
        try (TensorScope scope = TensorScope.open(); Net net = new Net()) {
            plan.check(net).orThrow();
            Data batch = new Data(new int[] {0, 0, 0});
            try (Router router = Router.open(net, plan, batch)) {
                net.forward(Tensor.ones(DType.F32, 3, 3)).square().mean().backward();
                router.finish();
            }
            float[] gradient = net.parameters().get("in.bias").grad().toFloats();
            for (int unit = 0; unit < 8; unit++) {
                System.out.printf("unit %d: %s%n", unit, gradient[unit] == 0 ? "untouched" : "trained");
            }
        }
    }
}
