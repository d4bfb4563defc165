package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one route does to the gradients of one batch, made once for all hook points of a size: in a
 * language model a route is in force in every layer.
 */
final class RouteMasks {
    private final Route<?> route;
    private final Assignment assignment;
    private final long step;
    private final TapSet taps;
    private final Map<Kind, Optional<MaskTable.Most>> most = new HashMap<>();
    private final Map<Kind, Tensor> whole = new HashMap<>();

    private record Kind(int size, DType dtype) {}

    /**
     * The masks of a route.
     *
     * @param assignment what its rule answered for the batch
     * @param taps owns the functions that run in backward, and these masks
     */
    RouteMasks(Route<?> route, Assignment assignment, long step, TapSet taps) {
        this.route = route;
        this.assignment = assignment;
        this.step = step;
        this.taps = taps;
    }

    Route<?> route() {
        return route;
    }

    Assignment assignment() {
        return assignment;
    }

    TapSet taps() {
        return taps;
    }

    MaskTable table(int size) {
        return new MaskTable(route, size, step);
    }

    /** The masks as one for most points, if one has half of them; kept until the taps close. */
    Optional<MaskTable.Most> most(int size, DType dtype) {
        return most.computeIfAbsent(
                new Kind(size, dtype),
                kind -> {
                    MaskTable.Most found = table(size).most(assignment, dtype);
                    if (found != null) {
                        taps.retain(found.others());
                        taps.retain(found.weights());
                    }
                    if (found != null && found.row() != null) {
                        taps.retain(found.row());
                    }
                    return Optional.ofNullable(found);
                });
    }

    /** The mask of every point, [points…, size]; kept until the taps close. */
    Tensor whole(int size, DType dtype) {
        return whole.computeIfAbsent(
                new Kind(size, dtype), kind -> taps.retain(table(size).of(assignment, dtype)));
    }
}
