package dev.sluice.routing;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The units at a hook point of which some were appended: along the axes that grew and those between
 * them. Sizes are in the order of the axes.
 */
record NewUnits(List<String> axes, List<Integer> before, List<Integer> after) {
    NewUnits {
        axes = List.copyOf(axes);
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** Those of a hook point; none where no axis grew. */
    static Optional<NewUnits> at(HookPoint hook, Layer expanded, AppendedUnits added) {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        List<String> axes = hook.axes().stream().filter(a -> counted(a, expanded)).toList();
        int first = -1;
        int last = -1;
        for (int i = 0; i < axes.size(); i++) {
            String axis = axes.get(i);
            Parameter p = Nearest.parameter(expanded, hook.name(), axis);
            int size = (int) p.value().size(p.axis(axis));
            before.add(added.before(p.name(), axis, size));
            after.add(size);
            if (size > before.get(i)) {
                first = first < 0 ? i : first;
                last = i;
            }
        }
        return first < 0
                ? Optional.empty()
                : Optional.of(
                        new NewUnits(
                                axes.subList(first, last + 1),
                                before.subList(first, last + 1),
                                after.subList(first, last + 1)));
    }

    /** Whether an axis is one of units, as many as parameters say. */
    private static boolean counted(String axis, Layer model) {
        return !HookPoint.isPointAxis(axis)
                && model.parameters().values().stream().anyMatch(p -> p.axis(axis) >= 0);
    }

    /**
     * A mask that tells new units from those of the original.
     *
     * @param onNew weight of a unit that was appended along any of the axes
     */
    Mask mask(double onNew, double onOriginal) {
        int last = axes.size() - 1;
        int rows = 1;
        for (int i = 0; i < last; i++) {
            rows = Math.multiplyExact(rows, after.get(i));
        }
        Mask mask = Mask.all(String.join("*", axes), onNew);
        for (int row = 0; row < rows; row++) {
            int first = row * after.get(last);
            if (original(row)) {
                mask = mask.with(first, first + before.get(last), onOriginal);
            }
        }
        return mask;
    }

    /** Whether a row, counted over all axes but the last, is one of the original. */
    private boolean original(int row) {
        int rest = row;
        for (int i = axes.size() - 2; i >= 0; i--) {
            if (rest % after.get(i) >= before.get(i)) {
                return false;
            }
            rest /= after.get(i);
        }
        return true;
    }
}
