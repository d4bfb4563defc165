package dev.sluice.models.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class LargeCheckpointTest {
    private static final int VOCABULARY = 1_100_000;
    private static final int WIDTH = 1024;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_tensor_beyond_two_gibibytes_is_written_and_read() throws IOException {
        TransformerConfig config = TransformerConfig.gpt2(VOCABULARY, 1, 1, WIDTH, 1, 1);
        double[] values = {1, -2, 0.5};
        try (TensorScope scope = TensorScope.open()) {
            try (Transformer model = Transformer.blank(config, DType.BF16)) {
                end(model).copyFrom(Tensor.of(values, 3).to(DType.BF16));
                CheckpointWriter.of(DType.BF16).write(model, folder.resolve("large"));
            }
            assertTrue(Files.size(folder.resolve("large/model.safetensors")) > 1L << 31);
            try (PretrainedWeights weights = PretrainedWeights.open(folder.resolve("large"));
                    Transformer model = weights.load(DType.BF16)) {
                assertArrayEquals(values, end(model).toDoubles());
            }
        }
    }

    /** The last values of the embedding. */
    private static Tensor end(Transformer model) {
        Tensor table = Objects.requireNonNull(model.parameters().get("embed.weight")).value();
        return table.detach().narrow(0, VOCABULARY - 1, 1).reshape(WIDTH).narrow(0, WIDTH - 3, 3);
    }
}
