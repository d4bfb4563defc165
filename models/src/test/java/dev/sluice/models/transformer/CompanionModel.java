package dev.sluice.models.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.AdamW;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.models.pretrained.PretrainedWeights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A model of {@code nanogpt}, what it is given, and what is done to it. */
final class CompanionModel implements AutoCloseable {
    private static final double BOUND = 1e-9;

    final PretrainedWeights weights;
    final Transformer model;
    final TapSet taps = new TapSet();
    final Tokens tokens;
    final Tensor targets;
    final long[] maskIds;
    private final List<HookPoint.Interception> open = new ArrayList<>();

    /**
     * A model of the index.
     *
     * @param name of its configuration
     * @param ids where its mask ids stand
     */
    @SuppressWarnings("MustBeClosedChecker") // close() closes them
    CompanionModel(Golden golden, String name, GoldenTensors ids, Path folder) throws IOException {
        Path there = Files.createTempDirectory(folder, name);
        String file = name.split("_", -1)[0] + "_weights.safetensors";
        GoldenTensors data = Objects.requireNonNull(golden.tensors("steer_data.safetensors"));
        JsonNode config = golden.json("cases.json").get(name).get("config");
        AtomicFiles.write(
                there.resolve("config.json"), config.toString().getBytes(StandardCharsets.UTF_8));
        Files.copy(golden.folder().resolve(file), there.resolve("model.safetensors"));
        weights = PretrainedWeights.open(there);
        model = weights.load(DType.F64);
        tokens = Tokens.of(GoldenTokens.ints(data.get("tokens")));
        targets = data.get("targets");
        maskIds = ids.get("mask_ids").toLongs();
    }

    /** The blocks that exist, each once: the others in a list are inert. */
    Set<Integer> blocks(JsonNode list) {
        Set<Integer> blocks = new LinkedHashSet<>();
        list.forEach(b -> blocks.add(b.asInt()));
        blocks.removeIf(b -> b >= model.config().blocks().size());
        return blocks;
    }

    /** 1 in the first unit of the residual stream, 0 in the others. */
    Tensor firstUnit() {
        double[] unit = new double[model.config().dModel()];
        unit[0] = 1;
        return Tensor.of(unit, unit.length);
    }

    /** 1 where the mask id is 0, else 0: [batch, pos, 1]. */
    Tensor whereRouted() {
        double[] routed = new double[maskIds.length];
        for (int i = 0; i < routed.length; i++) {
            routed[i] = maskIds[i] == 0 ? 1 : 0;
        }
        return Tensor.of(routed, tokens.rows(), tokens.length(), 1);
    }

    HookPoint hook(String name) {
        return Objects.requireNonNull(model.hooks().get(name), name);
    }

    void intercept(String name, UnaryOperator<Tensor> f) {
        open.add(hook(name).intercept(f));
    }

    /** Multiplies the gradient by row 0 of a mask where the mask id is 0. */
    void route(String name, Tensor row) {
        Tensor mask = taps.retain(row.sub(1).mul(whereRouted()).add(1));
        intercept(
                name,
                x -> {
                    Tensor y = x.reshape(x.shape());
                    taps.tap(y, g -> g.mul(mask));
                    return y;
                });
    }

    Tensor loss(Tensor logits) {
        return logits.reshape(-1, logits.size(-1)).crossEntropy(targets.reshape(-1)).mean();
    }

    /** Routes the residual stream behind these blocks: its first unit where the mask id is 0. */
    void routeBlocks(JsonNode list) {
        Tensor row = firstUnit();
        for (int b : blocks(list)) {
            route("blocks." + b + ".hook_resid_post", row);
        }
    }

    /** Compares where there is something to compare with. */
    static void compare(GoldenCheck check, GoldenTensors expected, String name, Tensor actual) {
        if (expected.has(name)) {
            boolean rounded = expected.get(name).dtype() == DType.F32;
            check.compare(name, expected.get(name), actual, rounded ? 1e-6 : BOUND, 1e-13);
        }
    }

    /** Compares a number where there is one to compare with. */
    static void compareNumber(GoldenCheck check, JsonNode expected, double actual) {
        if (!expected.isMissingNode()) {
            double value = expected.asDouble();
            check.require(
                    "expected " + value + ", found " + actual,
                    Math.abs(value - actual) <= BOUND * Math.abs(value));
        }
    }

    /** AdamW as an index says it: matrices alone decay. */
    Optimizer optimizer(JsonNode said) {
        List<Parameter> matrices = new ArrayList<>();
        List<Parameter> vectors = new ArrayList<>();
        for (Parameter p : model.parameters().values()) {
            boolean matrix = p.name().endsWith("weight") && p.axes().size() > 1;
            (matrix ? matrices : vectors).add(p);
        }
        double decay = said.get("weight_decay").asDouble();
        return new Optimizer(
                new AdamW(
                        said.at("/betas/0").asDouble(),
                        said.at("/betas/1").asDouble(),
                        said.get("epsilon").asDouble()),
                said.get("learning_rate").asDouble(),
                List.of(
                        ParameterGroup.of(matrices).withWeightDecay(decay),
                        ParameterGroup.of(vectors)));
    }

    void stopIntercepting() {
        open.forEach(HookPoint.Interception::close);
        open.clear();
    }

    @Override
    public void close() {
        stopIntercepting();
        taps.close();
        model.close();
        weights.close();
    }
}
