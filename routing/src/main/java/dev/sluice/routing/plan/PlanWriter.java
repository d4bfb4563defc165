package dev.sluice.routing.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import dev.sluice.routing.Claim;
import dev.sluice.routing.LeaveRule;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Writes plans as YAML. */
final class PlanWriter {
    private final ObjectMapper yaml =
            new ObjectMapper(
                    YAMLFactory.builder()
                            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                            .disable(YAMLGenerator.Feature.SPLIT_LINES)
                            .stringQuotingChecker(new Quoting())
                            .build());

    /**
     * Quotes every key but plain words and ranges: unquoted, some line ends would become blanks.
     */
    private static final class Quoting extends StringQuotingChecker.Default {
        private static final long serialVersionUID = 1;
        private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*|\\d+-\\d+");

        @Override
        public boolean needToQuoteName(String name) {
            return !PLAIN.matcher(name).matches() || super.needToQuoteName(name);
        }
    }

    String text(RoutePlan<?> plan) {
        List<Object> routes = new ArrayList<>();
        List<Object> updates = new ArrayList<>();
        List<Object> claims = new ArrayList<>();
        for (Route<?> route : plan.routes()) {
            routes.add(route(route, "routes[" + routes.size() + "]"));
        }
        for (LeaveRule update : plan.updates()) {
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("leave", region(update.region()));
            node.put("on", update.on());
            updates.add(node);
        }
        for (Claim<?> claim : plan.claims()) {
            claims.add(claim(claim, "claims[" + claims.size() + "]"));
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("routes", routes);
        if (!updates.isEmpty()) {
            root.put("update", updates);
        }
        if (!claims.isEmpty()) {
            root.put("claims", claims);
        }
        try {
            return yaml.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "a rule of the plan describes itself by what is not a map, list, text or"
                            + " number: "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    private static Map<String, Object> route(Route<?> route, String place) {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("at", route.at().pattern());
        node.put("mechanism", route.mechanism().name().toLowerCase(Locale.ROOT));
        node.put("by", rule(route.rule(), place + ".by"));
        Map<String, Object> masks = new LinkedHashMap<>();
        route.masks()
                .forEach((name, mask) -> masks.put(name, mask(mask, place + ".masks." + name)));
        node.put("masks", masks);
        MaskWeight weight = route.weight();
        if (weight.rampSteps() > 0) {
            Map<String, Object> ramp = new LinkedHashMap<>();
            ramp.put("ramp", weight.rampSteps());
            ramp.put("target", number(weight.target()));
            node.put("weight", ramp);
        } else if (weight.target() != 1) {
            node.put("weight", number(weight.target()));
        }
        if (weight.scaling()) {
            node.put("anneal", "scale");
        }
        return node;
    }

    private static Map<String, Object> rule(RoutingRule<?> rule, String place) {
        Map<String, Object> description = rule.description();
        if (description.isEmpty()) {
            throw new IllegalArgumentException(
                    place + ": a plan file cannot express this rule, it does not describe itself");
        }
        return description;
    }

    private static Map<String, Object> mask(Mask mask, String place) {
        List<Mask.Part> runs = MaskRuns.of(mask);
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("axis", mask.axis());
        if (Double.isNaN(mask.elsewhere())) {
            node.put("weights", each(runs, place));
            return node;
        }
        Map<String, Object> weights = new LinkedHashMap<>();
        if (mask.elsewhere() != 1 || runs.isEmpty()) {
            weights.put(Route.OTHERS, number(mask.elsewhere()));
        }
        for (Mask.Part run : runs) {
            weights.put(new Units(run.from(), run.to()).toString(), number(run.weight()));
        }
        node.put("weights", weights);
        return node;
    }

    private static List<Number> each(List<Mask.Part> runs, String place) {
        List<Number> weights = new ArrayList<>();
        for (Mask.Part run : runs) {
            if (run.from() != weights.size()) {
                throw new IllegalArgumentException(
                        place + ": no weight for unit " + weights.size());
            }
            for (int unit = run.from(); unit < run.to(); unit++) {
                weights.add(number(run.weight()));
            }
        }
        return weights;
    }

    private static Map<String, Object> claim(Claim<?> claim, String place) {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("region", region(claim.region()));
        node.put("nothing_from", claim.nothingFrom());
        if (!claim.through().isEmpty()) {
            node.put("through", new TreeSet<>(claim.through()));
        }
        RoutingRule<?> truth = claim.truth();
        if (truth != null) {
            node.put("by", rule(truth, place + ".by"));
        }
        return node;
    }

    private static Object region(Region region) {
        List<Object> slices = new ArrayList<>();
        for (Region.Slice slice : region.slices()) {
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("parameters", slice.parameters().pattern());
            String axis = slice.axis();
            if (axis != null) {
                node.put("axis", axis);
                node.put("units", new Units(slice.from(), slice.to()).toString());
            }
            slices.add(node);
        }
        return slices.size() == 1 ? slices.get(0) : slices;
    }

    /** Whole numbers without a point. */
    private static Number number(double value) {
        long whole = (long) value;
        if (Math.abs(value) < 1e15 && Double.compare((double) whole, value) == 0) {
            return whole;
        }
        return value;
    }
}
