package dev.sluice.routing;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Tensor;
import java.util.Collections;
import java.util.List;

/**
 * What a mask is along: one axis, or several side by side, such as {@code head*d_head}, whose units
 * are then counted together with the last axis the fastest.
 */
record UnitAxes(List<String> names) {
    static UnitAxes of(String axis) {
        return new UnitAxes(List.of(axis.split("\\*", -1)));
    }

    /** Where they begin among the axes of a place, or −1 where they do not stand side by side. */
    int within(List<String> axes) {
        return Collections.indexOfSubList(axes, names);
    }

    int count() {
        return names.size();
    }

    /** Whether one of them counts data points. */
    boolean countPoints() {
        return names.stream().anyMatch(HookPoint::isPointAxis);
    }

    /** How many units a tensor has along them. */
    int units(Tensor x, int first) {
        long units = 1;
        for (int i = 0; i < count(); i++) {
            units = Math.multiplyExact(units, x.size(first + i));
        }
        return Math.toIntExact(units);
    }
}
