package dev.sluice.experiments.language;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.testing.Golden;
import dev.sluice.engine.testing.GoldenCheck;
import dev.sluice.engine.testing.GoldenTensors;
import dev.sluice.models.pretrained.PretrainedWeights;
import dev.sluice.models.transformer.Transformer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens along a direction, against the reference's own cosines. */
@Tag("golden")
final class TokenDirectionsGoldenTest {
    private static final double BOUND = 1e-9;

    private final Golden golden = Golden.subject("nanogpt");

    @TempDir private Path folder = Path.of("");

    @Test
    void the_first_feature_has_the_cosines_and_the_nearest_tokens_of_the_reference()
            throws IOException {
        GoldenCheck check = new GoldenCheck("nanogpt, token directions");
        GoldenTensors expected =
                Objects.requireNonNull(golden.tensors("steer_forward.f64.safetensors"));
        JsonNode steer = golden.json("cases.json").get("steer");
        AtomicFiles.write(
                folder.resolve("config.json"),
                steer.get("config").toString().getBytes(StandardCharsets.UTF_8));
        Files.copy(
                golden.folder().resolve("steer_weights.safetensors"),
                folder.resolve("model.safetensors"));
        try (TensorScope scope = TensorScope.open();
                PretrainedWeights weights = PretrainedWeights.open(folder);
                Transformer model = weights.load(DType.F64)) {
            int tokens = model.config().vocabulary();
            TokenDirections all = directions(model, tokens);
            double[] cosines = new double[tokens];
            all.top().forEach(hit -> cosines[hit.id()] = hit.cosine());
            check.startCase();
            check.compare(
                    "cosine_with_axis_0",
                    expected.get("cosine_with_axis_0"),
                    Tensor.of(cosines, tokens),
                    BOUND,
                    1e-13);
            JsonNode said = steer.path("unembedding_axis_0");
            nearest(check, said.path("largest_cosine"), all.top());
            nearest(check, said.path("largest_negated_cosine"), all.bottom());
        }
        check.finish();
    }

    private static TokenDirections directions(Transformer model, int tokens) {
        double[] first = new double[model.config().dModel()];
        first[0] = 1;
        List<String> words = IntStream.range(0, tokens).mapToObj(i -> "" + (1000 + i)).toList();
        return TokenDirections.of(model, WordTokenizer.of(words), first, tokens);
    }

    private static void nearest(GoldenCheck check, JsonNode said, List<TokenDirections.Hit> hits) {
        JsonNode ids = said.path("tokens");
        check.require("nearest tokens are named", said.isMissingNode() || !ids.isEmpty());
        for (int i = 0; i < ids.size(); i++) {
            check.require("nearest token " + i, ids.get(i).asInt() == hits.get(i).id());
        }
    }
}
