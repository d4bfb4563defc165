package dev.sluice.models.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.engine.testing.NoNativeLeaks;
import dev.sluice.models.transformer.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoNativeLeaks.class)
final class CheckpointTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static void same(Transformer expected, Transformer found, DType through) {
        assertEquals(expected.config(), found.config());
        try (TensorScope scope = TensorScope.open()) {
            for (Parameter p : expected.parameters().values()) {
                Tensor other = Objects.requireNonNull(found.parameters().get(p.name())).value();
                Tensor rounded = p.value().detach().to(through).to(p.value().dtype());
                assertTrue(rounded.sameBits(other), p.name());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_model_comes_back_with_its_bytes_from_one_file_and_from_shards(TinyCheckpoint tiny) {
        for (DType dtype : List.of(DType.F32, DType.F64, DType.BF16, DType.F16)) {
            for (long most : new long[] {1 << 20, 300, 1}) {
                Path there = folder.resolve(dtype.label() + "-" + most);
                try (Transformer model = tiny.model(dtype == DType.F64 ? DType.F64 : DType.F32)) {
                    new CheckpointWriter(dtype, most, null).write(model, there);
                    assertEquals(most == 1 << 20, Files.exists(there.resolve("model.safetensors")));
                    try (PretrainedWeights weights = PretrainedWeights.open(there);
                            Transformer found = weights.load(model.dtype())) {
                        same(model, found, dtype);
                    }
                }
            }
        }
    }

    @Test
    void a_checkpoint_read_and_written_again_has_the_same_tensors_and_its_tokenizer()
            throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        try (Transformer model = TinyCheckpoint.GPT2.model(DType.F32)) {
            CheckpointWriter.of(DType.F32).write(model, first);
        }
        Files.writeString(first.resolve("tokenizer.json"), "{\"model\": 1}");
        rewriteConfig(first, keys -> keys.put("eos_token_id", 5));
        try (PretrainedWeights weights = PretrainedWeights.open(first);
                Transformer model = weights.load(DType.F32)) {
            assertEquals(first.resolve("tokenizer.json"), weights.tokenizer().orElseThrow());
            CheckpointWriter.of(DType.F32).like(first).write(model, second);
        }
        for (String file : List.of("tokenizer.json", "config.json", "model.safetensors")) {
            byte[] expected = Files.readAllBytes(first.resolve(file));
            if (!file.equals("config.json")) {
                assertArrayEquals(expected, Files.readAllBytes(second.resolve(file)), file);
            }
        }
        assertTrue(Files.readString(second.resolve("config.json")).contains("eos_token_id"));
        try (Stream<Path> files = Files.list(second)) {
            assertEquals(3, files.count());
        }
    }

    private static void rewriteConfig(Path there, Consumer<Map<String, Object>> change)
            throws IOException {
        Path file = there.resolve("config.json");
        ObjectMapper mapper = new ObjectMapper();
        @SuppressWarnings("unchecked")
        Map<String, Object> keys = mapper.readValue(file.toFile(), LinkedHashMap.class);
        change.accept(keys);
        mapper.writeValue(file.toFile(), keys);
    }

    private Path written(TinyCheckpoint tiny) {
        Path there = folder.resolve("checkpoint");
        try (Transformer model = tiny.model(DType.F32)) {
            CheckpointWriter.of(DType.F32).write(model, there);
        }
        return there;
    }

    /** The tensors of a file changed, and written again. */
    private static void rewriteTensors(Path there, Consumer<Map<String, Tensor>> change) {
        Path file = there.resolve("model.safetensors");
        try (TensorScope scope = TensorScope.open()) {
            Map<String, Tensor> tensors;
            try (SafetensorsFile old = SafetensorsFile.open(file)) {
                tensors = Weights.read(old);
            }
            change.accept(tensors);
            Weights.write(file, tensors, Map.of());
        }
    }

    @Test
    void names_without_prefix_masks_among_the_weights_and_stored_tied_outputs_are_understood() {
        Path there = written(TinyCheckpoint.GPT2);
        rewriteTensors(
                there,
                tensors -> {
                    for (String name : List.copyOf(tensors.keySet())) {
                        Tensor t = Objects.requireNonNull(tensors.remove(name));
                        tensors.put(name.replaceFirst("^transformer\\.", ""), t);
                    }
                    tensors.put("h.0.attn.bias", Tensor.ones(DType.F32, 1, 1, 10, 10));
                    tensors.put("h.1.attn.masked_bias", Tensor.full(-1e4, DType.F32));
                    tensors.put(
                            "lm_head.weight", Objects.requireNonNull(tensors.get("wte.weight")));
                });
        try (Transformer expected = TinyCheckpoint.GPT2.model(DType.F32);
                PretrainedWeights weights = PretrainedWeights.open(there);
                Transformer found = weights.load(DType.F32)) {
            same(expected, found, DType.F32);
        }
        rewriteTensors(
                there, tensors -> tensors.put("lm_head.weight", Tensor.ones(DType.F32, 13, 6)));
        try (PretrainedWeights weights = PretrainedWeights.open(there)) {
            assertThrows(CheckpointException.class, () -> weights.load(DType.F32));
        }
    }

    private static String refusal(Path there) {
        return String.valueOf(
                assertThrows(
                                CheckpointException.class,
                                () -> {
                                    try (PretrainedWeights weights =
                                            PretrainedWeights.open(there)) {
                                        throw new AssertionError("opened " + weights.config());
                                    }
                                })
                        .getMessage());
    }

    @Test
    void missing_unknown_misshapen_and_mistyped_tensors_are_named() {
        Path there = written(TinyCheckpoint.QWEN2);
        String norm = "model.norm.weight";
        rewriteTensors(there, tensors -> tensors.put("more", Tensor.ones(DType.F32, 1)));
        assertTrue(refusal(there).contains("unknown more"));
        rewriteTensors(
                there,
                tensors -> {
                    tensors.remove("more");
                    tensors.put(norm, Tensor.ones(DType.F32, 7));
                });
        assertTrue(refusal(there).contains(norm + "\": expected shape [6], found [7]"));
        rewriteTensors(there, tensors -> tensors.put(norm, Tensor.ones(DType.I64, 6)));
        assertTrue(refusal(there).contains("F64, F32, F16 or BF16, found I64"));
        rewriteTensors(there, tensors -> tensors.remove(norm));
        assertTrue(refusal(there).contains("missing " + norm));
    }

    @Test
    void configurations_that_make_no_model_are_refused_by_key() throws IOException {
        Path there = written(TinyCheckpoint.LLAMA);
        Map<String, Object> wrong = new LinkedHashMap<>();
        wrong.put("model_type", "mamba");
        wrong.put("hidden_size", -3);
        wrong.put("num_hidden_layers", 2_000_000_000);
        wrong.put("num_attention_heads", "4");
        wrong.put("num_key_value_heads", 3);
        wrong.put("head_dim", 3);
        wrong.put("vocab_size", 1L << 40);
        wrong.put("rms_norm_eps", "tiny");
        wrong.put("hidden_act", "snake");
        wrong.put("rope_theta", -1);
        wrong.put("rope_scaling", Map.of("rope_type", "yarn"));
        wrong.put("rope_parameters", Map.of("rope_type", "linear", "factor", 0.5));
        wrong.put("tie_word_embeddings", 1);
        byte[] sound = Files.readAllBytes(there.resolve("config.json"));
        for (Map.Entry<String, Object> e : wrong.entrySet()) {
            rewriteConfig(there, keys -> keys.put(e.getKey(), e.getValue()));
            String message = refusal(there);
            boolean named =
                    message.contains(e.getKey())
                            || message.contains("rotary")
                            || message.contains("number of tensors");
            assertTrue(message.contains("config.json") && named, message);
            Files.write(there.resolve("config.json"), sound);
        }
    }

    private void index(Path there, String name, Object shard) throws IOException {
        Path file = there.resolve("model.safetensors.index.json");
        byte[] sound = Files.readAllBytes(file);
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode index = (ObjectNode) mapper.readTree(sound);
        ((ObjectNode) index.get("weight_map")).putPOJO(name, shard);
        mapper.writeValue(file.toFile(), index);
        String message = refusal(there);
        assertTrue(message.contains("model.safetensors.index.json"), message);
        assertTrue(message.contains(name), message);
        Files.write(file, sound);
    }

    @Test
    void a_shard_index_that_leads_elsewhere_or_lies_is_refused() throws IOException {
        Path there = folder.resolve("shards");
        try (Transformer model = TinyCheckpoint.QWEN2.model(DType.F32)) {
            new CheckpointWriter(DType.F32, 500, null).write(model, there);
        }
        String last;
        try (Stream<Path> files = Files.list(there)) {
            Path shard =
                    files.filter(f -> f.toString().endsWith(".safetensors"))
                            .sorted()
                            .toList()
                            .get(0);
            last = String.valueOf(shard.getFileName());
            Files.copy(shard, folder.resolve("outside.safetensors"));
        }
        String name = "model.norm.weight";
        for (Object place :
                List.of(
                        "../outside.safetensors",
                        folder.resolve("outside.safetensors").toString(),
                        "./" + last,
                        "sub/../" + last,
                        ".hidden.safetensors",
                        "..\\outside.safetensors",
                        "config.json",
                        "",
                        last + "\u0000",
                        7,
                        List.of(last),
                        last)) {
            index(there, name, place);
        }
    }

    @Test
    void a_folder_that_is_no_checkpoint_or_holds_one_already_is_refused() throws IOException {
        assertTrue(refusal(folder.resolve("nowhere")).contains("no such folder"));
        Path there = written(TinyCheckpoint.COMPANION);
        try (Transformer model = TinyCheckpoint.COMPANION.model(DType.F32)) {
            CheckpointWriter writer = CheckpointWriter.of(DType.F32);
            assertThrows(CheckpointException.class, () -> writer.write(model, there));
        }
        Files.delete(there.resolve("config.json"));
        assertTrue(
                refusal(there)
                        .contains("expected a checkpoint (config.json), found no config.json"));
    }
}
