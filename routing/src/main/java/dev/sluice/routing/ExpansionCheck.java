package dev.sluice.routing;

import dev.sluice.engine.AxisUse;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** Finds what a wider model of the same parameters computes otherwise than the original. */
final class ExpansionCheck {
    private final Layer original;
    private final Layer wider;
    private final ToDoubleFunction<String> fresh;
    private final Map<List<String>, TreeSet<String>> found = new LinkedHashMap<>();
    private boolean longerSums;

    /**
     * A check of two models.
     *
     * @param fresh by how much new entries of a parameter are not zero
     */
    ExpansionCheck(Layer original, Layer wider, ToDoubleFunction<String> fresh) {
        this.original = original;
        this.wider = wider;
        this.fresh = fresh;
    }

    ExpansionReport report() {
        wider.axisUses().forEach(this::look);
        unreachable();
        List<ExpansionReport.Change> changes = new ArrayList<>();
        found.forEach(
                (what, places) ->
                        changes.add(
                                new ExpansionReport.Change(
                                        what.get(0), what.get(1), List.copyOf(places))));
        return new ExpansionReport(changes, changes.isEmpty() && !longerSums);
    }

    private void look(AxisUse use) {
        int before = Nearest.size(original, use.place(), use.axis());
        int after = Nearest.size(wider, use.place(), use.axis());
        String sizes = before + " units, then " + after;
        if (use instanceof AxisUse.Groups groups) {
            look(groups, before, after);
        } else if (use instanceof AxisUse.Scores scores) {
            look(scores, before != after);
        } else if (before != after && use instanceof AxisUse.Mean) {
            add(use, "a norm takes the mean over all of its units, " + sizes);
        } else if (before != after && use instanceof AxisUse.Result) {
            add(use, "the result has it, " + sizes);
        } else if (before != after) {
            longerSums = true;
        }
    }

    private void add(AxisUse use, String reason) {
        found.computeIfAbsent(List.of(use.axis(), reason), k -> new TreeSet<>()).add(use.place());
    }

    private void look(AxisUse.Groups use, int before, int after) {
        int few = Nearest.size(original, use.place(), use.shared());
        int more = Nearest.size(wider, use.place(), use.shared());
        for (long unit = 0; unit < before; unit++) {
            if (unit * few / before != unit * more / after) {
                String ratios = before + "/" + few + ", then " + after + "/" + more;
                add(use, "units share those of " + use.shared() + " in other groups, " + ratios);
                return;
            }
        }
    }

    private void look(AxisUse.Scores use, boolean grown) {
        longerSums |= grown;
        for (AxisUse other : original.axisUses()) {
            if (other instanceof AxisUse.Scores was && was.place().equals(use.place())) {
                if (was.scale() != use.scale()) {
                    add(use, "scores are scaled by " + was.scale() + ", then by " + use.scale());
                }
                if (was.turned() != use.turned()) {
                    String units = was.turned() + " units, then " + use.turned();
                    add(use, "positions turn " + units);
                }
            }
        }
        if (grown && fresh(use, use.left()) && fresh(use, use.right())) {
            add(
                    use,
                    "new units of "
                            + use.left()
                            + " and "
                            + use.right()
                            + " are not zero and make scores");
        }
    }

    /** Whether a factor of scores starts with values of its own in its new units. */
    private boolean fresh(AxisUse use, String factor) {
        String prefix = (use.place().isEmpty() ? "" : use.place() + ".") + factor + ".";
        return wider.parameters().values().stream()
                .filter(p -> p.name().startsWith(prefix) && p.axis(use.axis()) >= 0)
                .anyMatch(p -> fresh.applyAsDouble(p.name()) != 0);
    }

    /** New units with values of their own that no ablation can put to zero. */
    private void unreachable() {
        TreeSet<String> atHooks = new TreeSet<>();
        wider.hooks().values().forEach(hook -> atHooks.addAll(hook.axes()));
        for (Parameter p : original.parameters().values()) {
            Parameter grown = wider.parameters().get(p.name());
            for (int i = 0; i < p.axes().size(); i++) {
                String axis = p.axes().get(i);
                if (grown != null
                        && grown.value().size(i) != p.value().size(i)
                        && fresh.applyAsDouble(p.name()) != 0
                        && !atHooks.contains(axis)) {
                    String reason = "new units are not zero, and no hook point has them";
                    found.computeIfAbsent(List.of(axis, reason), k -> new TreeSet<>())
                            .add(p.name());
                }
            }
        }
    }
}
