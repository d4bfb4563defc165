package dev.sluice.routing.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.engine.Rng;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.Examples;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is written is read back: the same places, masks, weights, regions and decisions. */
class PlanRoundTripTest {
    private static final List<String> NAMES =
            List.of(
                    "low",
                    "high",
                    "a b",
                    "null",
                    "true",
                    "1e5",
                    "16-31",
                    "y",
                    "on",
                    ":",
                    "- x",
                    "#",
                    "ä€😀",
                    "\"quoted\"",
                    "it's",
                    "tab\there",
                    "line\nbreak",
                    "~",
                    "{x}",
                    "&a",
                    "!t",
                    "%",
                    "a: b",
                    "0x1F",
                    "1_000",
                    "=",
                    "\\",
                    "\u0085",
                    "\u0001",
                    "a".repeat(200));

    private final Batch.Labelled batch = Examples.range(40, 60, 7);

    private static String name(Rng rng) {
        return NAMES.get(rng.nextInt(NAMES.size()));
    }

    private static double number(Rng rng) {
        double[] special = {0, 1, -1, 0.5, 1e-5, 1e20, -0.0, Double.MIN_VALUE, 1.0 / 3};
        return rng.nextInt(2) == 0 ? special[rng.nextInt(special.length)] : rng.nextGaussian();
    }

    private static Mask mask(Rng rng, String axis) {
        Mask mask =
                switch (rng.nextInt(3)) {
                    case 0 -> Mask.of(axis, number(rng), number(rng), number(rng), 1, 1, 1, 0, 0);
                    case 1 -> Mask.range(axis, 0, 1 + rng.nextInt(8));
                    default -> Mask.all(axis, number(rng));
                };
        for (int i = rng.nextInt(4); i > 0; i--) {
            int from = rng.nextInt(8);
            mask = mask.with(from, from + 1 + rng.nextInt(8 - from), number(rng));
        }
        return mask;
    }

    private static RoutingRule<Batch.Labelled> rule(Rng rng, String a, String b) {
        Map<String, List<Integer>> labels = new LinkedHashMap<>();
        labels.put(a, List.of(0, 1, 2));
        labels.put(b, List.of(3, -4, 5));
        RoutingRule<Batch.Labelled> rule = RoutingRule.label(labels);
        long seed = rng.nextLong();
        if (rng.nextInt(3) == 0) {
            rule = RoutingRule.mixture(List.of(rule, rule(rng, a, b)), rng.nextDouble(), 0.5);
        }
        if (rng.nextInt(3) == 0) {
            rule = RoutingRule.noise(rule, rng.nextDouble(), rng.nextDouble(), seed);
        }
        if (rng.nextInt(3) == 0) {
            rule = RoutingRule.labelled(rule, rng.nextDouble(), seed);
        }
        return rule;
    }

    private static Region region(Rng rng) {
        Region whole = Region.of("enc.*." + name(rng));
        int from = rng.nextInt(9);
        Region part = Region.of("w", name(rng), from, from + 1 + rng.nextInt(9));
        return switch (rng.nextInt(3)) {
            case 0 -> whole;
            case 1 -> part;
            default -> whole.and(part);
        };
    }

    private static RoutePlan<Batch.Labelled> plan(Rng rng) {
        RoutePlan<Batch.Labelled> plan = new RoutePlan<>(List.of(), List.of(), List.of());
        for (int i = rng.nextInt(4); i > 0; i--) {
            String a = name(rng);
            String b = a + "'";
            Map<String, Mask> masks = new LinkedHashMap<>();
            masks.put(b, mask(rng, "u"));
            masks.put(a, mask(rng, name(rng)));
            if (rng.nextInt(2) == 0) {
                masks.put("*", mask(rng, "u"));
            }
            List<Route<Batch.Labelled>> routes = new java.util.ArrayList<>(plan.routes());
            routes.add(
                    new Route<>(
                            HookName.of(name(rng)),
                            Mechanism.values()[rng.nextInt(3)],
                            rule(rng, a, b),
                            masks,
                            new MaskWeight(rng.nextInt(3) * 7, number(rng), rng.nextInt(2) == 0)));
            plan = new RoutePlan<>(routes, plan.updates(), plan.claims());
            plan = plan.leave(region(rng), a);
            Claim<Batch.Labelled> claim = Claim.of(region(rng), b);
            claim = rng.nextInt(2) == 0 ? claim : claim.through(a, "x");
            plan = plan.claim(rng.nextInt(2) == 0 ? claim : claim.where(rule(rng, a, b)));
        }
        return plan;
    }

    private void assertSameDecisions(
            RoutingRule<? super Batch.Labelled> x, RoutingRule<? super Batch.Labelled> y) {
        assertEquals(List.copyOf(x.routes()), List.copyOf(y.routes()));
        assertEquals(x.warnings(), y.warnings());
        Assignment a = x.assign(batch);
        Assignment b = y.assign(batch);
        assertEquals(a.routes(), b.routes());
        assertArrayEquals(a.shape(), b.shape());
        for (int p = 0; p < a.points(); p++) {
            assertEquals(a.id(p), b.id(p));
            if (a.blended()) {
                assertEquals(a.weight(p), b.weight(p));
            }
        }
    }

    private void assertSameRoute(Route<Batch.Labelled> x, Route<Batch.Labelled> y) {
        assertEquals(x.at(), y.at());
        assertEquals(x.mechanism(), y.mechanism());
        assertEquals(x.weight(), y.weight());
        assertEquals(List.copyOf(x.masks().keySet()), List.copyOf(y.masks().keySet()));
        x.masks()
                .forEach(
                        (name, mask) -> {
                            Mask other = y.masks().getOrDefault(name, Mask.all("missing", 1));
                            assertEquals(mask.axis(), other.axis());
                            assertArrayEquals(mask.weights(8), other.weights(8));
                            assertEquals(mask.elsewhere(), other.elsewhere());
                        });
        assertSameDecisions(x.rule(), y.rule());
    }

    @Property(tries = 300)
    void a_plan_survives_being_written_and_read(@ForAll long seed) {
        RoutePlan<Batch.Labelled> plan = plan(Rng.of(seed));
        String text = PlanFiles.write(plan);
        RoutePlan<Batch.Labelled> back =
                PlanFiles.parse(text, Path.of("x.yaml"), Batch.Labelled.class);
        assertEquals(text, PlanFiles.write(back));
        assertEquals(plan.updates(), back.updates());
        assertEquals(plan.routes().size(), back.routes().size());
        for (int i = 0; i < plan.routes().size(); i++) {
            assertSameRoute(plan.routes().get(i), back.routes().get(i));
        }
        assertEquals(plan.claims().size(), back.claims().size());
        for (int i = 0; i < plan.claims().size(); i++) {
            Claim<Batch.Labelled> x = plan.claims().get(i);
            Claim<Batch.Labelled> y = back.claims().get(i);
            assertEquals(x.region(), y.region());
            assertEquals(x.nothingFrom(), y.nothingFrom());
            assertEquals(x.through(), y.through());
            RoutingRule<? super Batch.Labelled> truth = x.truth();
            RoutingRule<? super Batch.Labelled> other = y.truth();
            assertEquals(truth == null, other == null);
            if (truth != null && other != null) {
                assertSameDecisions(truth, other);
            }
        }
    }
}
