package dev.sluice.routing.plan;

import dev.sluice.engine.Names;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.HookName;
import dev.sluice.routing.LeaveRule;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a plan of a parsed file. */
final class PlanReader<B extends Batch> {
    private final RulesReader<B> rules;

    PlanReader(RulesReader<B> rules) {
        this.rules = rules;
    }

    RoutePlan<B> plan(PlanNode root) {
        if (rules.isRule(root)) {
            throw root.wrong("a plan: routes, update or claims", "a rule, for `by` of a route");
        }
        Map<String, PlanNode> keys = root.mapping(List.of("routes", "update", "claims"));
        if (keys.isEmpty()) {
            throw root.wrong("routes, update or claims");
        }
        List<Route<B>> routes = new ArrayList<>();
        List<LeaveRule> updates = new ArrayList<>();
        List<Claim<B>> claims = new ArrayList<>();
        listOf(keys.get("routes")).forEach(node -> routes.add(route(node)));
        listOf(keys.get("update")).forEach(node -> updates.add(update(node)));
        listOf(keys.get("claims")).forEach(node -> claims.add(claim(node)));
        return new RoutePlan<>(routes, updates, claims);
    }

    private static List<PlanNode> listOf(@Nullable PlanNode node) {
        return node == null ? List.of() : node.list();
    }

    private Route<B> route(PlanNode node) {
        Map<String, PlanNode> keys =
                node.mapping(List.of("at", "mechanism", "by", "masks", "weight", "anneal"));
        HookName at = HookName.of(node.get("at").text());
        PlanNode mechanism = keys.get("mechanism");
        RoutingRule<? super B> rule = rules.rule(node.get("by"));
        Map<String, Mask> masks = new LinkedHashMap<>();
        PlanNode byName = node.get("masks");
        byName.mapping().forEach((name, mask) -> masks.put(routeName(name, mask), mask(mask)));
        if (masks.isEmpty()) {
            throw byName.wrong("a mask for at least one route name");
        }
        return new Route<>(
                at,
                mechanism == null ? Mechanism.ACTIVATION : mechanism(mechanism),
                rule,
                masks,
                weight(keys));
    }

    private static String routeName(String name, PlanNode mask) {
        if (name.isBlank()) {
            throw mask.wrongKey("the name of a route", "'" + name + "'");
        }
        return name;
    }

    private static Mechanism mechanism(PlanNode node) {
        List<String> known = new ArrayList<>();
        for (Mechanism m : Mechanism.values()) {
            known.add(m.name().toLowerCase(Locale.ROOT));
        }
        int index = known.indexOf(node.text());
        if (index < 0) {
            throw node.wrong(
                    "one of " + String.join(", ", known),
                    Names.unknown("mechanism", node.text(), known));
        }
        return Mechanism.values()[index];
    }

    private static MaskWeight weight(Map<String, PlanNode> route) {
        PlanNode weight = route.get("weight");
        PlanNode anneal = route.get("anneal");
        boolean scaling = anneal != null && anneal.text().equals("scale");
        if (anneal != null && !scaling && !anneal.text().equals("interpolate")) {
            throw anneal.wrong("interpolate or scale");
        }
        int ramp = 0;
        double target = 1;
        if (weight != null && weight.isMapping()) {
            PlanNode end = weight.mapping(List.of("ramp", "target")).get("target");
            ramp = (int) weight.get("ramp").integer(0, Integer.MAX_VALUE);
            target = end == null ? 1 : end.number();
        } else if (weight != null) {
            target = weight.number();
        }
        return new MaskWeight(ramp, target, scaling);
    }

    private static Mask mask(PlanNode node) {
        node.mapping(List.of("axis", "weights"));
        String axis = node.get("axis").text();
        PlanNode weights = node.get("weights");
        if (weights.isList()) {
            if (weights.list().isEmpty()) {
                throw weights.wrong("a weight for each unit");
            }
            return Mask.of(axis, weights.list().stream().mapToDouble(PlanNode::number).toArray());
        }
        Map<String, PlanNode> ranges = weights.mapping();
        if (ranges.isEmpty()) {
            throw weights.wrong("units and their weights, such as 0-15: 1");
        }
        PlanNode others = ranges.get(Route.OTHERS);
        Mask mask = Mask.all(axis, others == null ? 1 : others.number());
        List<Units> before = new ArrayList<>();
        for (Map.Entry<String, PlanNode> range : ranges.entrySet()) {
            if (!range.getKey().equals(Route.OTHERS)) {
                Units units = range(range.getKey(), range.getValue(), before);
                mask = mask.with(units.from(), units.to(), range.getValue().number());
            }
        }
        return mask;
    }

    private static Units range(String key, PlanNode value, List<Units> before) {
        Units units =
                Units.parse(key).orElseThrow(() -> value.wrongKey(Units.FORM, "'" + key + "'"));
        for (Units other : before) {
            if (units.overlaps(other)) {
                throw value.wrongKey("each unit once in a mask", units + " after " + other);
            }
        }
        before.add(units);
        return units;
    }

    private static LeaveRule update(PlanNode node) {
        node.mapping(List.of("leave", "on"));
        return new LeaveRule(region(node.get("leave")), node.get("on").text());
    }

    private Claim<B> claim(PlanNode node) {
        Map<String, PlanNode> keys =
                node.mapping(List.of("region", "nothing_from", "through", "by"));
        PlanNode through = keys.get("through");
        PlanNode by = keys.get("by");
        Set<String> terms = new LinkedHashSet<>();
        listOf(through).forEach(term -> terms.add(term.text()));
        if (through != null && terms.isEmpty()) {
            throw through.wrong("names of loss terms, or no key through for all of them");
        }
        return new Claim<>(
                region(node.get("region")),
                node.get("nothing_from").text(),
                terms,
                by == null ? null : rules.rule(by));
    }

    /** One slice, or a list of them. */
    private static Region region(PlanNode node) {
        if (!node.isList()) {
            return new Region(List.of(slice(node)));
        }
        if (node.list().isEmpty()) {
            throw node.wrong("a region");
        }
        return new Region(node.list().stream().map(PlanReader::slice).toList());
    }

    private static Region.Slice slice(PlanNode node) {
        Map<String, PlanNode> keys = node.mapping(List.of("parameters", "axis", "units"));
        HookName parameters = HookName.of(node.get("parameters").text());
        if (!keys.containsKey("axis") && !keys.containsKey("units")) {
            return new Region.Slice(parameters, null, 0, 0);
        }
        String axis = node.get("axis").text();
        Units units = Units.of(node.get("units"));
        return new Region.Slice(parameters, axis, units.from(), units.to());
    }
}
