package dev.sluice.routing.plan;

import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * Reads what stands under {@code by}. Rules that are written the same are one object, so that a
 * router asks it once a batch.
 */
final class RulesReader<B extends Batch> {
    private static final List<String> MODIFIERS = List.of("labelled", "noise", "seed");

    private final Class<B> batch;
    private final Path file;
    private final List<?> resources;
    private final Map<String, List<RuleReader>> readers = new TreeMap<>();
    private final Map<PlanNode, RoutingRule<? super B>> rules = new HashMap<>();

    RulesReader(Class<B> batch, Path file, List<?> resources) {
        this.batch = batch;
        this.file = file;
        this.resources = List.copyOf(resources);
        for (RuleReader reader : ServiceLoader.load(RuleReader.class)) {
            for (String key : reader.keys()) {
                readers.computeIfAbsent(key, k -> new ArrayList<>()).add(reader);
            }
        }
    }

    /** Whether this is what {@link PlanFiles#readRule} reads. */
    boolean isRule(PlanNode root) {
        return root.isMapping()
                && root.mapping().keySet().stream()
                        .anyMatch(key -> key.equals("by") || readers.containsKey(key));
    }

    RoutingRule<? super B> rule(PlanNode by) {
        RoutingRule<? super B> known = rules.get(by);
        if (known != null) {
            return known;
        }
        try {
            RoutingRule<? super B> rule = modified(by);
            rules.put(by, rule);
            return rule;
        } catch (IllegalArgumentException e) {
            throw by.wrong("a rule that makes sense", String.valueOf(e.getMessage()));
        }
    }

    private RoutingRule<? super B> modified(PlanNode by) {
        List<String> allowed = new ArrayList<>(readers.keySet());
        allowed.addAll(MODIFIERS);
        Map<String, PlanNode> keys = by.mapping(allowed);
        long seed =
                keys.containsKey("seed")
                        ? by.get("seed").integer(Long.MIN_VALUE, Long.MAX_VALUE)
                        : 0;
        RoutingRule<? super B> rule = plain(by, keys, seed);
        if (keys.containsKey("noise")) {
            PlanNode noise = by.get("noise");
            noise.mapping(List.of("true_positive", "false_positive"));
            rule =
                    RoutingRule.<B>noise(
                            rule,
                            noise.get("true_positive").number(0, 1),
                            noise.get("false_positive").number(0, 1),
                            seed);
        }
        if (keys.containsKey("labelled")) {
            rule = RoutingRule.<B>labelled(rule, by.get("labelled").number(0, 1), seed);
        }
        return rule;
    }

    private RoutingRule<? super B> plain(PlanNode by, Map<String, PlanNode> keys, long seed) {
        List<String> found = keys.keySet().stream().filter(k -> !MODIFIERS.contains(k)).toList();
        if (found.size() != 1) {
            throw by.wrong(
                    "one rule: " + String.join(", ", readers.keySet()),
                    found.isEmpty() ? "none" : String.join(" and ", found));
        }
        String key = found.get(0);
        PlanNode value = by.get(key);
        List<RuleReader> candidates = readers.getOrDefault(key, List.of());
        if (candidates.size() != 1) {
            throw by.wrong(
                    "one jar that brings the rule " + key,
                    String.join(
                            " and ",
                            candidates.stream().map(r -> r.getClass().getName()).toList()));
        }
        try {
            return candidates.get(0).read(key, value, new Around(key, value, seed));
        } catch (IllegalArgumentException e) {
            throw value.wrong("a rule that makes sense", String.valueOf(e.getMessage()));
        }
    }

    /** The plan around one rule. */
    private final class Around implements RuleReader.Context<B> {
        private final String key;
        private final PlanNode value;
        private final long seed;

        Around(String key, PlanNode value, long seed) {
            this.key = key;
            this.value = value;
            this.seed = seed;
        }

        @Override
        public <T> RoutingRule<? super B> over(Class<T> needed, RoutingRule<? super T> rule) {
            if (!needed.isAssignableFrom(batch)) {
                throw value.wrong(
                        "a rule for batches of the kind " + batch.getSimpleName(),
                        key + ", which is for the kind " + needed.getSimpleName());
            }
            @SuppressWarnings("unchecked") // B is a T, so what takes a T takes a B
            RoutingRule<? super B> fitting = (RoutingRule<? super B>) rule;
            return fitting;
        }

        @Override
        public RoutingRule<? super B> rule(PlanNode by) {
            return RulesReader.this.rule(by);
        }

        @Override
        public Path file(PlanNode name) {
            return given(FileNames.class)
                    .map(names -> names.file(key, name))
                    .orElseGet(() -> besideThePlan(name));
        }

        private Path besideThePlan(PlanNode name) {
            try {
                return file.toAbsolutePath().resolveSibling(name.text()).normalize();
            } catch (java.nio.file.InvalidPathException e) {
                throw name.wrong("the name of a file");
            }
        }

        @Override
        public <T> T resource(Class<T> kind, String what) {
            return given(kind)
                    .orElseThrow(() -> value.wrong(what + " for the rule " + key, "none"));
        }

        private <T> Optional<T> given(Class<T> kind) {
            return resources.stream().filter(kind::isInstance).map(kind::cast).findFirst();
        }

        @Override
        public long seed() {
            return seed;
        }
    }
}
