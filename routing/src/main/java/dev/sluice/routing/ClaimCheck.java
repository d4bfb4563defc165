package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds claims that the masks of a plan cannot make true: no route gives the class weight 0 at the
 * region's units, or not from the first step. Whether a claim holds is for the verifier.
 */
final class ClaimCheck {
    private final List<RoutePlaces> routes;
    private final Problems problems;

    ClaimCheck(List<RoutePlaces> routes, Problems problems) {
        this.routes = routes;
        this.problems = problems;
    }

    void run(String place, Claim<?> claim, Layer model) {
        for (Region.Slice slice : claim.region().slices()) {
            boolean blocked = false;
            boolean always = false;
            for (RoutePlaces places : routes) {
                if (blocks(places, claim.nothingFrom(), slice, model)) {
                    MaskWeight weight = places.route().weight();
                    blocked = true;
                    always |= weight.apply(0, 0) == 0 && weight.apply(0, Long.MAX_VALUE) == 0;
                }
            }
            if (!blocked) {
                problems.warning(
                        place,
                        "no route gives "
                                + claim.nothingFrom()
                                + " weight 0 at "
                                + text(slice)
                                + ": unless its gradient never gets there, the claim fails");
            } else if (!always) {
                problems.warning(
                        place,
                        "the masks that keep "
                                + claim.nothingFrom()
                                + " from "
                                + text(slice)
                                + " do not have their full weight at every step: until they do,"
                                + " the claim fails");
            }
        }
    }

    private static boolean blocks(
            RoutePlaces places, String route, Region.Slice slice, Layer model) {
        Mask mask = maskOf(places.route(), route);
        if (mask == null) {
            return false;
        }
        for (Parameter p : model.parameters().values()) {
            if (!slice.parameters().matches(p.name())) {
                continue;
            }
            if (places.ofParameters() && !places.with(mask.axis()).contains(p.name())) {
                return false;
            }
            if (!zeroEverywhere(places, mask) && !zeroAt(mask, slice, p)) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Mask maskOf(Route<?> route, String name) {
        Mask mask = route.masks().get(name);
        return mask == null ? route.masks().get(Route.OTHERS) : mask;
    }

    private static boolean zeroEverywhere(RoutePlaces places, Mask mask) {
        List<String> with = places.with(mask.axis());
        return !with.isEmpty()
                && with.stream()
                        .map(name -> places.sizes(name, mask.axis()))
                        .allMatch(
                                sizes ->
                                        !sizes.isEmpty()
                                                && sizes.stream()
                                                        .allMatch(s -> zero(mask, 0, s, s)));
    }

    private static boolean zeroAt(Mask mask, Region.Slice slice, Parameter p) {
        int axis = p.axis(mask.axis());
        if (axis < 0) {
            return false;
        }
        int size = (int) p.value().size(axis);
        return mask.axis().equals(slice.axis())
                ? zero(mask, slice.from(), slice.to(), size)
                : zero(mask, 0, size, size);
    }

    private static boolean zero(Mask mask, int from, int to, int size) {
        try {
            float[] weights = mask.weights(size);
            return IntStream.range(from, to).allMatch(unit -> weights[unit] == 0);
        } catch (IllegalArgumentException misfit) {
            return false;
        }
    }

    private static String text(Region.Slice slice) {
        return slice.parameters()
                + (slice.axis() == null
                        ? ""
                        : " " + slice.axis() + " " + slice.from() + "-" + (slice.to() - 1));
    }
}
