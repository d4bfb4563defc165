package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.DType;
import dev.sluice.engine.FileProblem;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Weights;
import dev.sluice.models.transformer.Transformer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes models as checkpoints that Hugging Face and {@link PretrainedWeights} read.
 *
 * @param dtype of the stored weights: f64, f32, bf16 or f16
 * @param mostBytes of weights in one file; a larger model is written in shards with an index
 * @param like a checkpoint whose tokenizer files, and whose keys in {@code config.json} that say
 *     nothing of the model's form, are carried along; or null
 */
public record CheckpointWriter(DType dtype, long mostBytes, @Nullable Path like) {
    /** The file that Hugging Face tokenizers are stored in. */
    static final String TOKENIZER = "tokenizer.json";

    private static final long USUAL = 5_000_000_000L;
    private static final List<String> CARRIED =
            List.of(
                    TOKENIZER,
                    "tokenizer_config.json",
                    "special_tokens_map.json",
                    "added_tokens.json",
                    "vocab.json",
                    "merges.txt",
                    "tokenizer.model",
                    "generation_config.json");
    private static final Map<DType, String> TORCH_NAMES =
            Map.of(
                    DType.F64, "float64",
                    DType.F32, "float32",
                    DType.F16, "float16",
                    DType.BF16, "bfloat16");

    /** Refuses what are no weights. */
    public CheckpointWriter {
        if (!dtype.floating() || mostBytes < 1) {
            throw new IllegalArgumentException(
                    "checkpoint: expected a floating type and room in a file, found "
                            + dtype.label()
                            + " and "
                            + mostBytes
                            + " bytes");
        }
    }

    /** Weights of this type in one file, or more if they are more than 5 GB. */
    public static CheckpointWriter of(DType dtype) {
        return new CheckpointWriter(dtype, USUAL, null);
    }

    /** This writer, carrying along the tokenizer and the like of another checkpoint. */
    public CheckpointWriter like(Path checkpoint) {
        return new CheckpointWriter(dtype, mostBytes, checkpoint);
    }

    /**
     * Writes a model; {@code config.json} comes last, so that an interrupted write is no
     * checkpoint.
     *
     * @param folder is made if it is not there
     * @throws IllegalArgumentException if no kind of checkpoint can hold a model of this form
     * @throws CheckpointException if the folder is not empty
     * @throws java.io.UncheckedIOException if the system refuses
     */
    public void write(Transformer model, Path folder) {
        Family family = Families.of(model.config());
        prepare(folder);
        List<List<StoredTensor>> shards = shards(family.tensors(model.config()));
        if (shards.size() == 1) {
            writeFile(folder.resolve(StoredFiles.WHOLE), model, shards.get(0));
        } else {
            writeShards(folder, model, shards);
        }
        carry(folder);
        writeJson(folder.resolve(PretrainedWeights.CONFIG), config(family, model));
    }

    private static void prepare(Path folder) {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> content = Files.list(folder)) {
                if (content.findAny().isPresent()) {
                    throw new CheckpointException(
                            folder, "folder", "an empty folder for a new checkpoint", "files");
                }
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot write " + folder, e);
        }
    }

    private long bytes(StoredTensor t) {
        return t.dimensions().stream().reduce((long) dtype.bytes(), Math::multiplyExact);
    }

    private List<List<StoredTensor>> shards(List<StoredTensor> tensors) {
        List<List<StoredTensor>> shards = new ArrayList<>();
        List<StoredTensor> shard = new ArrayList<>();
        long size = 0;
        for (StoredTensor t : tensors) {
            if (!shard.isEmpty() && size + bytes(t) > mostBytes) {
                shards.add(shard);
                shard = new ArrayList<>();
                size = 0;
            }
            shard.add(t);
            size += bytes(t);
        }
        shards.add(shard);
        return shards;
    }

    private void writeFile(Path file, Transformer model, List<StoredTensor> tensors) {
        List<SafetensorsFile.Part> parts = new ArrayList<>();
        for (StoredTensor t : tensors) {
            parts.add(
                    Weights.part(
                            t.name(),
                            dtype,
                            t.shape(),
                            () -> t.join(model, Parameter::value).to(dtype)));
        }
        SafetensorsFile.write(file, parts, Map.of("format", "pt"));
    }

    private void writeShards(Path folder, Transformer model, List<List<StoredTensor>> shards) {
        Map<String, String> places = new TreeMap<>();
        long total = 0;
        for (int i = 0; i < shards.size(); i++) {
            String name =
                    String.format(
                            Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            writeFile(folder.resolve(name), model, shards.get(i));
            for (StoredTensor t : shards.get(i)) {
                places.put(t.name(), name);
                total += bytes(t);
            }
        }
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.putObject("metadata").put("total_size", total);
        ObjectNode map = index.putObject("weight_map");
        places.forEach(map::put);
        writeJson(folder.resolve(StoredFiles.INDEX), index);
    }

    private ObjectNode config(Family family, Transformer model) {
        ObjectNode keys = JsonNodeFactory.instance.objectNode();
        if (like != null) {
            Path file = like.resolve(PretrainedWeights.CONFIG);
            keys.setAll((ObjectNode) JsonFile.read(file, 1 << 22).root());
        }
        keys.put("model_type", family.modelType());
        family.write(model.config(), keys);
        keys.put("torch_dtype", TORCH_NAMES.get(dtype));
        return keys;
    }

    private void carry(Path folder) {
        for (String name : CARRIED) {
            Path file = like == null ? null : like.resolve(name);
            if (file != null && Files.isRegularFile(file)) {
                AtomicFiles.write(folder.resolve(name), out -> copy(file, out));
            }
        }
    }

    private static void copy(Path file, WritableByteChannel out) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            long at = 0;
            while (at < in.size()) {
                at += in.transferTo(at, in.size() - at, out);
            }
        }
    }

    private static void writeJson(Path file, ObjectNode json) {
        try {
            ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
            AtomicFiles.write(file, mapper.writeValueAsBytes(json));
        } catch (IOException e) {
            throw FileProblem.of("cannot write " + file, e);
        }
    }
}
