package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.ExpandedRoutes;
import dev.sluice.routing.Expansion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Wider models, and the way back, in numbers of the published library. */
@Tag("golden")
@ExtendWith(NoNativeLeaks.class)
final class ExpansionGoldenTest {
    /** A change of the logits below this is rounding. */
    private static final double ROUNDING = 1e-9;

    private final Golden golden = Golden.subject("expansion");

    @Test
    void weights_and_logits_of_every_case_are_those_of_the_published_library() throws IOException {
        GoldenCheck check = new GoldenCheck("expansion");
        for (String model : models(golden)) {
            Given given = new Given(golden, model);
            for (JsonNode node : given.lens.index().get("cases")) {
                check.startCase();
                try (GradMode off = GradMode.off();
                        TensorScope scope = TensorScope.open()) {
                    expand(check, given, node);
                }
            }
        }
        check.finish();
    }

    @Test
    void extensions_start_what_was_never_trained_and_keep_the_rest() throws IOException {
        GoldenCheck check = new GoldenCheck("expansion, extended");
        for (String model : models(golden)) {
            Given given = new Given(golden, model);
            if (given.lens.index().has("extension")) {
                check.startCase();
                try (GradMode off = GradMode.off();
                        TensorScope scope = TensorScope.open()) {
                    extend(check, given, given.lens.index().get("extension"));
                }
            }
        }
        check.finish();
    }

    /** The names of the models that there are indexes of. */
    static List<String> models(Golden golden) throws IOException {
        try (Stream<Path> files = Files.list(golden.folder())) {
            return files.map(f -> String.valueOf(f.getFileName()))
                    .filter(f -> f.endsWith(".json") && !f.equals("mask-specs.json"))
                    .map(f -> f.substring(0, f.length() - ".json".length()))
                    .sorted()
                    .toList();
        }
    }

    /** The files of one model. */
    private static final class Given {
        final String name;
        final LensModel lens;
        final GoldenTensors weights;
        final Map<DType, @Nullable GoldenTensors> logits = new LinkedHashMap<>();

        Given(Golden golden, String name) {
            this.name = name;
            lens = new LensModel(golden.json(name + ".json"));
            weights = Objects.requireNonNull(golden.tensors(name + ".weights.safetensors"), name);
            for (DType dtype : List.of(DType.F32, DType.F64)) {
                String file = name + ".logits." + dtype.label() + ".safetensors";
                logits.put(dtype, golden.tensors(file));
            }
        }

        /** Compares the logits of a model with these f32 weights, in both number types. */
        void compare(
                GoldenCheck check, String tensor, TransformerConfig config, Map<String, Tensor> w) {
            compare(check, tensor, config, w, null);
        }

        /** The same while new units are put to zero. */
        void compare(
                GoldenCheck check,
                String tensor,
                TransformerConfig config,
                Map<String, Tensor> w,
                @Nullable ExpandedRoutes ablated) {
            logits.forEach(
                    (dtype, expected) -> {
                        if (expected == null || !expected.has(tensor)) {
                            return;
                        }
                        JsonNode bound = lens.index().at("/tolerance/logits/" + dtype.label());
                        Tokens tokens = Tokens.of(GoldenTokens.ints(expected.get("input_ids")));
                        try (Transformer model = Transformer.blank(config, dtype)) {
                            model.load(w);
                            check.compare(
                                    name + " " + dtype.label() + " " + tensor,
                                    expected.get(tensor),
                                    logits(model, tokens, ablated),
                                    bound.get("relative_to_tensor_max").asDouble(),
                                    bound.get("absolute").asDouble());
                        }
                    });
        }

        private static Tensor logits(
                Transformer model, Tokens tokens, @Nullable ExpandedRoutes ablated) {
            if (ablated == null) {
                return model.logits(tokens);
            }
            try (Ablation off = ablated.ablated(model)) {
                return model.logits(tokens);
            }
        }

        /** Compares weights, in Sluice's names, with those of the file, bit for bit. */
        void same(GoldenCheck check, String prefix, Map<String, Tensor> found, Transformer model) {
            for (String theirs : lens.names()) {
                if (weights.has(prefix + theirs)) {
                    Tensor expected = lens.ours(theirs, weights.get(prefix + theirs), model);
                    Tensor value = Objects.requireNonNull(found.get(lens.ours(theirs)), theirs);
                    check.require(name + " " + prefix + theirs, value.sameBits(expected));
                }
            }
        }
    }

    /** The units that a case adds, in Sluice's names of the axes. */
    static Expansion appended(JsonNode added) {
        Map<String, String> axes = new LinkedHashMap<>();
        axes.put("n_heads", "head");
        axes.put("d_head", "d_head");
        axes.put("d_mlp", "d_mlp");
        axes.put("d_model", "d_model");
        axes.put("n_key_value_heads", "kv_head");
        Expansion expansion = Expansion.none();
        for (Map.Entry<String, String> axis : axes.entrySet()) {
            if (added.path(axis.getKey()).asInt() > 0) {
                expansion = expansion.and(axis.getValue(), added.get(axis.getKey()).asInt());
            }
        }
        return expansion;
    }

    /** Attention and feed-forward layers of these blocks start with values of their own. */
    private static Expansion starting(Expansion expansion, JsonNode layers, double coefficient) {
        Expansion starting = expansion;
        for (JsonNode layer : layers) {
            for (String part : List.of(".attn.**", ".mlp.**")) {
                starting = starting.fresh("blocks." + layer.asInt() + part, coefficient);
            }
        }
        return starting;
    }

    static ExpandedRoutes routes(Expansion expansion, Transformer expanded) {
        return ExpandedRoutes.of(
                expansion,
                expanded,
                "blocks.*.attn.hook_z",
                "blocks.*.mlp.hook_post",
                "blocks.*.hook_resid_post");
    }

    private static void expand(GoldenCheck check, Given given, JsonNode node) {
        String path = "case/" + node.get("name").asText() + "/";
        try (Transformer original = given.lens.original(given.weights)) {
            Expansion expansion =
                    starting(
                            appended(node.get("added"))
                                    .inProportion(original)
                                    .fresh("**", 1)
                                    .fresh("blocks.*.attn.**", 0)
                                    .fresh("blocks.*.mlp.**", 0),
                            node.get("layers_to_initialize"),
                            node.get("coefficient").asDouble());
            TransformerConfig config = original.config().resized(expansion::size);
            requireSizes(check, path, config, node);
            try (Transformer wider = Transformer.blank(config, DType.F32)) {
                given.lens.load(wider, given.weights, path + "fresh/");
                boolean exact = expansion.check(original, wider).exact();
                boolean kept =
                        node.at("/difference_to_original/zero_ablated").asDouble() < ROUNDING;
                check.require(path + "check says " + exact, exact == kept);
                wider.load(expansion.state(original, wider));
                given.same(check, path + "expanded/", wider.state(), wider);
                logits(check, given, path + "logits/", original, wider, expansion);
            }
        }
    }

    private static void requireSizes(
            GoldenCheck check, String path, TransformerConfig config, JsonNode node) {
        JsonNode sizes = node.get("expanded_sizes");
        for (TransformerConfig.BlockSizes block : config.blocks()) {
            JsonNode kv = sizes.get("n_key_value_heads");
            int kvHeads = kv.isNull() ? block.heads() : kv.asInt();
            check.require(path + "n_heads", block.heads() == sizes.get("n_heads").asInt());
            check.require(path + "n_key_value_heads", block.kvHeads() == kvHeads);
            check.require(path + "d_head", block.dHead() == sizes.get("d_head").asInt());
            check.require(path + "d_mlp", block.dMlp() == sizes.get("d_mlp").asInt());
        }
        check.require(path + "d_model", config.dModel() == sizes.get("d_model").asInt());
        double scale = 1 / node.get("attn_scale").asDouble();
        check.require(path + "attn_scale", config.attention().scale() == scale);
    }

    private static void logits(
            GoldenCheck check,
            Given given,
            String path,
            Transformer original,
            Transformer expanded,
            Expansion expansion) {
        given.compare(check, path + "original", original.config(), original.state());
        given.compare(check, path + "expanded", expanded.config(), expanded.state());
        ExpandedRoutes routes = routes(expansion, expanded);
        given.compare(check, path + "zero_ablated", expanded.config(), expanded.state(), routes);
        Map<String, Tensor> back = expansion.contraction(expanded).state(expanded);
        given.same(check, "original/", back, original);
        check.require(path + "names", back.keySet().equals(original.parameters().keySet()));
        given.compare(
                check,
                path + "contracted",
                expanded.config().resized(expansion.contraction(expanded)::size),
                back);
    }

    private static void extend(GoldenCheck check, Given given, JsonNode node) {
        try (Transformer original = given.lens.original(given.weights)) {
            Expansion expansion = appended(node.get("added")).inProportion(original);
            TransformerConfig config = original.config().resized(expansion::size);
            try (Transformer expanded = Transformer.blank(config, DType.F32);
                    Transformer fresh = Transformer.blank(config, DType.F32)) {
                expanded.load(expansion.state(original, expanded));
                given.lens.load(expanded, given.weights, "extend/before/");
                given.lens.load(fresh, given.weights, "extend/fresh/");
                given.compare(check, "extend/logits/before", config, expanded.state());
                Expansion more =
                        starting(
                                expansion,
                                node.get("layers_to_add"),
                                node.get("coefficient").asDouble());
                Map<String, Tensor> after = more.extended(expanded, fresh);
                given.same(check, "extend/after/", after, expanded);
                given.compare(check, "extend/logits/after", config, after);
                ExpandedRoutes routes = routes(expansion, expanded);
                given.compare(check, "extend/logits/after_zero_ablated", config, after, routes);
                targets(check, given.name, routes, node);
            }
        }
    }

    /** Added layers move: what was off-target is a target, and nothing else. */
    private static void targets(
            GoldenCheck check, String model, ExpandedRoutes routes, JsonNode node) {
        ExpandedRoutes moved = routes;
        for (String layers : List.of("first_target_layers", "layers_to_add")) {
            for (JsonNode layer : node.get(layers)) {
                moved = moved.target("blocks." + layer.asInt() + ".**");
            }
        }
        Map<String, Boolean> expected = new LinkedHashMap<>();
        for (JsonNode spec : node.get("specs_intended")) {
            for (JsonNode layer : spec.get("layers")) {
                expected.put(
                        "blocks." + layer.asInt() + "." + spec.get("hook").asText(),
                        spec.get("pair").asText().equals("target"));
            }
        }
        check.require(model + " targets", PairedMasks.targets(moved).equals(expected));
        check.require(
                model + " one route each", moved.newUnits().keySet().equals(expected.keySet()));
    }
}
