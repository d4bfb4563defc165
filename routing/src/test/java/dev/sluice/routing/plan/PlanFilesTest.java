package dev.sluice.routing.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Examples;
import dev.sluice.routing.Mask;
import dev.sluice.routing.MaskWeight;
import dev.sluice.routing.Mechanism;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanFilesTest {
    static final String CONTRACT =
            """
            routes:
              - at: encoder.out                      # hook name or glob
                mechanism: activation
                by: {label: {low: [0,1,2,3,4], high: [5,6,7,8,9]}}
                masks:
                  low:  {axis: latent, weights: {0-15: 1, 16-31: 0}}
                  high: {axis: latent, weights: {0-15: 0, 16-31: 1}}
            update:
              - leave: {parameters: "encoder.out.weight", axis: latent, units: 16-31}
                on: low
            claims:
              - region: {parameters: "encoder.out.weight", axis: latent, units: 16-31}
                nothing_from: low
                through: [reconstruction]
            """;

    private static final Path FILE = Path.of("plan.yaml");

    @TempDir Path folder = Path.of("");

    private static RoutePlan<Batch.Labelled> parse(String text) {
        return PlanFiles.parse(text, FILE, Batch.Labelled.class);
    }

    private static PlanException refused(String text) {
        return assertThrows(PlanException.class, () -> parse(text));
    }

    private static String route(String... more) {
        return "routes:\n  - at: h\n    by: {label: {a: [1]}}\n    masks: {a: {axis: u, weights:"
                + " {0-3: 0}}}\n"
                + String.join("\n", more);
    }

    @Test
    void the_contracts_example_means_what_it_says() {
        RoutePlan<Batch.Labelled> plan = parse(CONTRACT);
        Route<Batch.Labelled> route = plan.routes().get(0);
        assertEquals("encoder.out", route.at().pattern());
        assertEquals(Mechanism.ACTIVATION, route.mechanism());
        assertEquals(Set.of("low", "high"), route.rule().routes());
        Mask low = route.masks().getOrDefault("low", Mask.all("", 9));
        assertEquals("latent", low.axis());
        assertArrayEquals(Mask.range("latent", 0, 16).weights(32), low.weights(32));
        assertEquals(MaskWeight.FULL, route.weight());
        Assignment a = route.rule().assign(Examples.range(3, 3, 10));
        assertTrue(a.is(0, "low") && a.is(1, "low") && a.is(2, "high"));
        assertEquals(
                Region.of("encoder.out.weight", "latent", 16, 32), plan.updates().get(0).region());
        assertEquals("low", plan.updates().get(0).on());
        assertEquals(plan.updates().get(0).region(), plan.claims().get(0).region());
        assertEquals("low", plan.claims().get(0).nothingFrom());
        assertEquals(Set.of("reconstruction"), plan.claims().get(0).through());
    }

    @Test
    void units_not_named_have_weight_one_or_that_of_the_star() {
        Mask one = parse(route()).routes().get(0).masks().getOrDefault("a", Mask.all("", 9));
        assertArrayEquals(new float[] {0, 0, 0, 0, 1, 1}, one.weights(6));
        Mask star =
                parse(route().replace("{0-3: 0}", "{2: -1.5, '*': 0.25}"))
                        .routes()
                        .get(0)
                        .masks()
                        .getOrDefault("a", Mask.all("", 9));
        assertArrayEquals(new float[] {0.25f, 0.25f, -1.5f, 0.25f}, star.weights(4));
        Mask list =
                parse(route().replace("{0-3: 0}", "[1, 0, 1e-3]"))
                        .routes()
                        .get(0)
                        .masks()
                        .getOrDefault("a", Mask.all("", 9));
        assertArrayEquals(new float[] {1, 0, 0.001f}, list.weights(3));
    }

    @Test
    void mask_weights_and_mechanisms_are_read() {
        assertEquals(
                new MaskWeight(1000, 1, false),
                parse(route("    weight: {ramp: 1000}\n    anneal: interpolate"))
                        .routes()
                        .get(0)
                        .weight());
        assertEquals(
                new MaskWeight(10, 0.5, true),
                parse(route("    weight: {ramp: 10, target: .5}\n    anneal: scale"))
                        .routes()
                        .get(0)
                        .weight());
        assertEquals(
                new MaskWeight(0, 0.5, false),
                parse(route("    weight: 0.5")).routes().get(0).weight());
        assertEquals(
                Mechanism.PARAMETER,
                parse(route("    mechanism: parameter")).routes().get(0).mechanism());
        assertEquals(
                Mechanism.FORWARD,
                parse(route("    mechanism: forward")).routes().get(0).mechanism());
    }

    @Test
    void json_says_the_same() {
        String json =
                """
                {"routes": [{"at": "h", "by": {"label": {"a": [1]}},
                             "masks": {"a": {"axis": "u", "weights": {"0-3": 0}}}}]}
                """;
        for (String name : List.of("plan.json", "plan.yaml")) {
            assertEquals(
                    PlanFiles.write(parse(route())),
                    PlanFiles.write(PlanFiles.parse(json, Path.of(name), Batch.Labelled.class)));
        }
        PlanException e =
                assertThrows(
                        PlanException.class,
                        () ->
                                PlanFiles.parse(
                                        "{\n\"routes\": [],\n",
                                        Path.of("p.json"),
                                        Batch.Labelled.class));
        assertTrue(e.line() >= 2, e::getMessage);
        assertTrue(e.expected().equals("JSON"), e::getMessage);
    }

    @Test
    void an_unknown_key_is_an_error_with_line_column_and_nearest_name() {
        PlanException e = refused(route("    mechanisms: forward"));
        assertEquals("plan.yaml", e.file());
        assertEquals(5, e.line());
        assertEquals(5, e.column());
        assertEquals(
                "plan.yaml, line 5, column 5, routes[0].mechanisms: expected one of the keys at,"
                        + " mechanism, by, masks, weight, anneal, found unknown key 'mechanisms';"
                        + " nearest: mechanism, masks, anneal",
                e.getMessage());
        assertTrue(refused("rutes: []").found().contains("nearest: routes"), "at the top as well");
    }

    @Test
    void an_unknown_rule_is_an_error_with_the_nearest_name() {
        String message = String.valueOf(refused(route().replace("label:", "labels:")).getMessage());
        assertTrue(message.contains("line 3"), message);
        assertTrue(message.contains("unknown key 'labels'; nearest: label"), message);
    }

    @Test
    void a_rule_for_other_batches_is_refused_by_name() {
        PlanException e = refused(route().replace("label: {a: [1]}", "toy_tokens: {a: 1}"));
        assertTrue(e.found().contains("toy_tokens, which is for the kind Text"), e::getMessage);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{31-16: 1}",
                "{a-b: 1}",
                "{-1: 1}",
                "{5-: 1}",
                "{0-3: 1, 3-5: 0}",
                "{0: 1, 0-1: 0}",
                "{99999999999: 1}",
                "{0-3: one}",
                "{0-3: .nan}",
                "{0-3: .inf}",
                "{0-3: 1e999}",
                "{0-3: null}",
                "{0-3: true}",
                "{}",
                "[]",
                "3",
                "null",
                "[1, x]",
                "{0-3: [1]}",
                "{1 2: 1}",
                "{0-3: \"1\"}"
            })
    void weights_that_are_none_are_refused_in_their_line(String weights) {
        PlanException e = refused(route().replace("{0-3: 0}", weights));
        assertEquals(4, e.line(), e::getMessage);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing",
                "---",
                "{}",
                "[]",
                "null",
                "3",
                "text",
                "routes: 3",
                "routes: {}",
                "routes: [3]",
                "routes: [{}]",
                "routes: []\n---\nroutes: []",
                "routes: []\nroutes: []",
                "routes: [",
                "routes: []}",
                "a: &x [1]\nroutes: *x",
                "routes: &x []\nclaims: *x",
                "<<: {routes: []}",
                "routes: !!seq []",
                "routes: !foo []",
                "? [a]\n: b",
                "\troutes: []",
                "routes: []\u0000",
                "update: [{on: a}]",
                "update: [{leave: [], on: a}]",
                "update: [{leave: {parameters: x, axis: u}, on: a}]",
                "update: [{leave: {parameters: x, units: 3}, on: a}]",
                "update: [{leave: {parameters: x, axis: u, units: 9-3}, on: a}]",
                "update: [{leave: {parameters: x}, on: 3}]",
                "claims: [{region: {parameters: x}, nothing_from: a, through: []}]",
                "claims: [{region: {parameters: x}, nothing_from: a, through: mse}]",
                "claims: [{region: {parameters: ''}, nothing_from: a}]"
            })
    void what_is_no_plan_is_refused(String text) {
        refused(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{labelled: 0.5}",
                "{label: {a: [1]}, labels_file: x}",
                "{label: {}}",
                "{label: {a: 1}}",
                "{label: {a: [x]}}",
                "{label: {a: [1.5]}}",
                "{label: {a: [1], b: [1]}}",
                "{label: {'*': [1]}}",
                "{label: {a: [99999999999]}}",
                "{label: {a: [1]}, labelled: 1.5}",
                "{label: {a: [1]}, labelled: half}",
                "{label: {a: [1]}, noise: {true_positive: 1}}",
                "{label: {a: [1]}, noise: {true_positive: 1, false_positive: 2}}",
                "{label: {a: [1]}, seed: 1.5}",
                "{mixture: []}",
                "{mixture: {weight: 1}}",
                "{mixture: [{weight: 1, by: {label: {a: [1]}}}]}",
                "{mixture: [{weight: -1, by: {label: {a: [1], b: [2]}}}]}",
                "{labels_file: nowhere.csv}",
                "{labels_file: \"\\0\"}",
                "{labels_file: 3}"
            })
    void what_is_no_rule_is_refused_in_its_line(String by) {
        PlanException e = refused(route().replace("{label: {a: [1]}}", by));
        assertTrue(e.line() == 3 || e.file().endsWith("nowhere.csv"), e::getMessage);
    }

    @Test
    void an_alias_cannot_blow_the_file_up() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertEquals("the alias *a0", refused(bomb.toString()).found());
        assertTrue(
                refused("routes: " + "[".repeat(5000)).expected().contains("within each other"),
                "nor can depth");
    }

    @Test
    void characters_of_two_halves_may_stand_anywhere() {
        for (int n = 0; n < 2200; n++) {
            String text = "#" + "x".repeat(n) + "😀😀\nroutes: []\n";
            assertEquals(List.of(), parse(text).routes());
        }
    }

    @Test
    void rules_written_the_same_are_one_rule() {
        RoutePlan<Batch.Labelled> plan =
                parse(
                        route(
                                "  - {at: g, by: {label: {a: [1]}}, masks: {a: {axis: u, weights: [1]}}}"));
        assertSame(plan.routes().get(0).rule(), plan.routes().get(1).rule());
    }

    @Test
    void noise_comes_before_partial_labelling_and_both_use_the_seed() {
        RoutingRule<? super Batch.Labelled> read =
                parse(
                                route().replace(
                                                "{label: {a: [1]}}",
                                                "{label: {a: [1]}, labelled: 0.5, seed: 7, noise:"
                                                        + " {true_positive: 0.9, false_positive: 0.2}}"))
                        .routes()
                        .get(0)
                        .rule();
        RoutingRule<Batch.Labelled> plain = RoutingRule.label(java.util.Map.of("a", List.of(1)));
        RoutingRule<Batch.Labelled> built =
                RoutingRule.labelled(RoutingRule.noise(plain, 0.9, 0.2, 7), 0.5, 7);
        Examples batch = Examples.range(0, 500, 3);
        for (int i = 0; i < 500; i++) {
            assertEquals(built.assign(batch).id(i), read.assign(batch).id(i));
        }
    }

    @Test
    void the_rules_of_another_jar_are_read_with_everything_that_goes_with_rules() {
        String text =
                route().replace(
                                "{label: {a: [1]}}",
                                "{mixture: [{weight: 0.5, by: {toy_tokens: {a: 3, b: 4}}}, {weight:"
                                        + " 0.5, by: {toy_tokens: {a: 3}, labelled: 0.5}}]}");
        RoutePlan<ToyTextRules.Text> plan = PlanFiles.parse(text, FILE, ToyTextRules.Text.class);
        ToyTextRules.Text batch = new Toy();
        Assignment a = plan.routes().get(0).rule().assign(batch);
        assertArrayEquals(new long[] {2, 5}, a.shape());
        assertEquals(1f, a.weight(4), "token 4 is b by the first rule, not a by the second");
        assertTrue(Float.isNaN(a.weight(0)));
        assertEquals(
                PlanFiles.write(plan),
                PlanFiles.write(
                        PlanFiles.parse(PlanFiles.write(plan), FILE, ToyTextRules.Text.class)));
    }

    private record Toy() implements ToyTextRules.Text {
        @Override
        public int size() {
            return 2;
        }

        @Override
        public long example(int row) {
            return row;
        }

        @Override
        public int sequence() {
            return 5;
        }

        @Override
        public int token(int row, int position) {
            return position;
        }
    }

    @Test
    void missing_files_folders_other_encodings_and_giants_are_refused() throws IOException {
        assertThrows(PlanException.class, () -> PlanFiles.read(folder.resolve("none.yaml")));
        assertThrows(PlanException.class, () -> PlanFiles.read(folder));
        Path latin = Files.write(folder.resolve("l.yaml"), new byte[] {'#', (byte) 0xE4, '\n'});
        assertEquals(
                "text in UTF-8",
                assertThrows(PlanException.class, () -> PlanFiles.read(latin)).expected());
        Path giant = Files.write(folder.resolve("g.yaml"), new byte[(1 << 22) + 1]);
        assertThrows(PlanException.class, () -> PlanFiles.read(giant));
        Path fine = folder.resolve("f.yaml");
        Files.write(fine, ("\uFEFF" + CONTRACT).getBytes(StandardCharsets.UTF_8));
        assertEquals(1, PlanFiles.read(fine).routes().size());
    }

    @Test
    void a_rule_that_cannot_describe_itself_cannot_be_written() {
        RoutePlan<Batch.Labelled> plan =
                RoutePlan.of(
                        Route.at(dev.sluice.routing.HookName.of("h"))
                                .<Batch.Labelled>by(RoutingRule.label(y -> "a"))
                                .mask("a", Mask.all("u", 1)));
        String message =
                String.valueOf(
                        assertThrows(IllegalArgumentException.class, () -> PlanFiles.write(plan))
                                .getMessage());
        assertTrue(message.startsWith("routes[0].by: "), message);
    }

    @Test
    void who_reads_a_rule_may_decide_about_the_files_that_it_names() throws IOException {
        Path labels = Files.writeString(folder.resolve("l.txt"), "1 low\n2 high");
        FileNames one =
                (rule, name) -> {
                    if (rule.equals("labels_file") && name.text().equals("mine")) {
                        return labels;
                    }
                    throw name.wrong("mine", name.text());
                };
        String rule = "by:\n  largest: [{labels_file: NAME}]";
        PlanFiles.parseRule(rule.replace("NAME", "mine"), FILE, Batch.Labelled.class, one);
        PlanException refused =
                assertThrows(
                        PlanException.class,
                        () ->
                                PlanFiles.parseRule(
                                        rule.replace("NAME", labels.toString()),
                                        FILE,
                                        Batch.Labelled.class,
                                        one));
        assertEquals(2, refused.line());
        assertEquals("mine", refused.expected());
    }
}
