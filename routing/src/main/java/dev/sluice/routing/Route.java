package dev.sluice.routing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * For these data points, at this place, let this much through. Immutable; built in steps:
 *
 * <pre>{@code
 * Route.at(HookName.of("encoder.out"))
 *      .by(RoutingRule.label(y -> y <= 4 ? "low" : "high"))
 *      .mask("low", Mask.range("latent", 0, 16))
 *      .mask("high", Mask.range("latent", 16, 32))
 * }</pre>
 *
 * @param at hook points, or parameters where the mechanism is {@link Mechanism#PARAMETER}
 * @param masks by route name; {@link #OTHERS} for points that the rule gives no masked name, which
 *     otherwise pass unmasked
 * @param <B> what the rule must know of a batch
 */
public record Route<B>(
        HookName at,
        Mechanism mechanism,
        RoutingRule<? super B> rule,
        Map<String, Mask> masks,
        MaskWeight weight) {
    /** The name under which a mask serves all data that no other mask names. */
    public static final String OTHERS = "*";

    /** Keeps the order of the masks. */
    public Route {
        masks = Collections.unmodifiableMap(new LinkedHashMap<>(masks));
    }

    /** A route that masks the gradient of activations. */
    public static Place at(HookName hooks) {
        return new Place(hooks, Mechanism.ACTIVATION);
    }

    /** A route that masks activations themselves. */
    public static Place forward(HookName hooks) {
        return new Place(hooks, Mechanism.FORWARD);
    }

    /** A route that masks what each data point contributes to the gradient of parameters. */
    public static Place parameter(HookName parameters) {
        return new Place(parameters, Mechanism.PARAMETER);
    }

    /** A place that still needs a rule. */
    public record Place(HookName at, Mechanism mechanism) {
        /** The rule that names a route for each data point. */
        public <B> Route<B> by(RoutingRule<? super B> rule) {
            return new Route<>(at, mechanism, rule, Map.of(), MaskWeight.FULL);
        }
    }

    /** This route with a mask for the data points of one name. */
    public Route<B> mask(String name, Mask mask) {
        Map<String, Mask> more = new LinkedHashMap<>(masks);
        more.put(name, mask);
        return new Route<>(at, mechanism, rule, more, weight);
    }

    /** This route with its masks eased in. */
    public Route<B> weight(MaskWeight weight) {
        return new Route<>(at, mechanism, rule, masks, weight);
    }

    /**
     * The axis that all masks of this route are along.
     *
     * @throws RoutingException if there is no mask, or masks along several axes
     */
    public String axis() {
        List<String> axes = masks.values().stream().map(Mask::axis).distinct().toList();
        if (axes.size() != 1) {
            throw new RoutingException(
                    "the route at "
                            + at
                            + (axes.isEmpty()
                                    ? " has no masks"
                                    : " has masks along "
                                            + axes
                                            + ": expected one axis, and a route for each other"));
        }
        return axes.get(0);
    }
}
