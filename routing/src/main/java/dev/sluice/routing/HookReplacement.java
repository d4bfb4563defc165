package dev.sluice.routing;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/** y = (1 − s)·x + s·target; exactly x where s is 0 and exactly the target where it is 1. */
final class HookReplacement implements UnaryOperator<Tensor> {
    private final HookMask strength;
    private final Tensor target;

    /**
     * A replacement at a hook point.
     *
     * @param target broadcasts to the activation
     */
    HookReplacement(Route<?> places, HookPoint hook, Assignment points, Tensor target) {
        for (Mask mask : places.masks().values()) {
            require(mask.elsewhere());
            mask.parts().forEach(p -> require(p.weight()));
        }
        RoutingTrace.Place place = new RoutingTrace.Place(Map.of(), false);
        strength = new HookMask(new RouteMasks(places, points, 0, new TapSet()), hook, place);
        this.target = target;
    }

    private static void require(double strength) {
        if (strength < 0 || strength > 1) {
            throw new IllegalArgumentException(
                    "strength of an ablation: expected 0…1, found " + strength);
        }
    }

    @Override
    public Tensor apply(Tensor x) {
        Tensor s = strength.mask(x);
        Tensor to = target.to(x.dtype());
        Tensor between = x.mul(s.neg().add(1)).add(to.mul(s));
        return to.where(s.eq(1), x.where(s.eq(0), between));
    }
}
