package dev.sluice.models.pretrained;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * An open checkpoint in the layout of Hugging Face, of GPT-2, GPT-Neo, Llama, Qwen2, or the
 * companion repository of the gradient-routing paper. Use it to bring a model, and {@link
 * CheckpointWriter} to give one.
 *
 * <p>Opening reads and checks {@code config.json} and every header; memory is taken only when a
 * model is loaded, and only as much as the files hold.
 */
public final class PretrainedWeights implements AutoCloseable {
    /** The file that says what the model is made of. */
    static final String CONFIG = "config.json";

    private static final int LARGEST_CONFIG = 1 << 22;
    private static final Set<String> DTYPES = Set.of("F64", "F32", "F16", "BF16");
    private static final String OUTPUT = "lm_head.weight";
    private static final int NAMED = 5;

    private final Path folder;
    private final StoredFiles files;
    private final TransformerConfig config;
    private final List<StoredTensor> tensors;

    private PretrainedWeights(Path folder, StoredFiles files) {
        this.folder = folder;
        this.files = files;
        JsonFile file = JsonFile.read(folder.resolve(CONFIG), LARGEST_CONFIG);
        Family family = Families.of(file);
        config = config(family, file, files.tensors().size());
        tensors = named(family);
        check(family);
    }

    private static TransformerConfig config(Family family, JsonFile file, int mostLayers) {
        try {
            return family.read(file, mostLayers);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException(
                    file.path(), "file", "a model that can be", String.valueOf(e.getMessage()));
        }
    }

    /**
     * Opens a folder.
     *
     * @throws CheckpointException if a file is missing or malformed, or tensors are missing,
     *     unknown, or of another shape or type than {@code config.json} asks for
     * @throws dev.sluice.engine.SafetensorsException if a file of tensors is damaged or hostile
     * @throws java.io.UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public static PretrainedWeights open(Path folder) {
        if (!Files.isDirectory(folder)) {
            String found = Files.exists(folder) ? "a file" : "no such folder";
            throw new CheckpointException(folder, "folder", "a checkpoint", found);
        }
        if (!Files.exists(folder.resolve(CONFIG))) {
            throw new CheckpointException(
                    folder,
                    "folder",
                    "a checkpoint (" + CONFIG + ")",
                    "no " + CONFIG + hint(folder));
        }
        StoredFiles files = StoredFiles.open(folder);
        try {
            return new PretrainedWeights(folder, files);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** A training often leaves its checkpoint in a folder of this name within its own. */
    private static String hint(Path folder) {
        Path inner = folder.resolve("model");
        return Files.isRegularFile(inner.resolve(CONFIG)) ? "; did you mean " + inner + "?" : "";
    }

    /** The tensors of the family, under the names that this checkpoint has for them. */
    private List<StoredTensor> named(Family family) {
        String prefix = family.prefix();
        boolean bare = files.tensors().keySet().stream().noneMatch(n -> n.startsWith(prefix));
        List<StoredTensor> all = new ArrayList<>();
        for (StoredTensor t : family.tensors(config)) {
            boolean shorter = bare && t.name().startsWith(prefix);
            all.add(shorter ? t.named(t.name().substring(prefix.length())) : t);
        }
        return all;
    }

    private void check(Family family) {
        Set<String> left = new TreeSet<>(files.tensors().keySet());
        Set<String> missing = new TreeSet<>();
        for (StoredTensor t : tensors) {
            if (left.remove(t.name())) {
                checkEntry(t);
            } else {
                missing.add(t.name());
            }
        }
        if (config.output().tied() && left.remove(OUTPUT)) {
            checkEntry(tensors.get(0).named(OUTPUT));
        }
        left.removeIf(name -> family.ignored().matcher(name).matches());
        if (!missing.isEmpty() || !left.isEmpty()) {
            throw new CheckpointException(
                    files.named(),
                    "tensors",
                    tensors.size() + " of " + family.modelType(),
                    problems("missing", missing) + problems("unknown", left));
        }
    }

    private static String problems(String what, Set<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        List<String> first = names.stream().limit(NAMED).toList();
        String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
        return what + " " + String.join(", ", first) + more + "; ";
    }

    private void checkEntry(StoredTensor t) {
        SafetensorsFile.Entry e = files.entry(t.name());
        String place = "tensor \"" + t.name() + "\"";
        if (!e.dimensions().equals(t.dimensions())) {
            throw new CheckpointException(
                    files.named(), place, "shape " + t.dimensions(), "" + e.dimensions());
        }
        if (!DTYPES.contains(e.dtype())) {
            throw new CheckpointException(files.named(), place, "F64, F32, F16 or BF16", e.dtype());
        }
    }

    /** What the model is made of. */
    public TransformerConfig config() {
        return config;
    }

    /** The tokenizer's file, where the checkpoint has one. */
    public Optional<Path> tokenizer() {
        Path file = folder.resolve(CheckpointWriter.TOKENIZER);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /**
     * The model, its weights converted to {@code dtype}; the caller closes it.
     *
     * @throws CheckpointException if a stored output differs from the embedding it is tied to
     * @throws dev.sluice.engine.SafetensorsException if a file was cut short since it was opened
     * @throws dev.sluice.engine.TensorException if it does not fit the memory of this machine
     */
    public Transformer load(DType dtype) {
        try (TensorScope scope = TensorScope.open()) {
            Transformer model = Transformer.blank(config, dtype);
            try {
                for (StoredTensor t : tensors) {
                    try (TensorScope each = TensorScope.open()) {
                        t.fill(model, files.read(t.name()));
                    }
                }
                checkTied();
                return model;
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        }
    }

    private void checkTied() {
        if (!config.output().tied() || !files.tensors().containsKey(OUTPUT)) {
            return;
        }
        try (TensorScope scope = TensorScope.open()) {
            if (!files.read(OUTPUT).sameBits(files.read(tensors.get(0).name()))) {
                throw new CheckpointException(
                        files.named(),
                        "tensor \"" + OUTPUT + "\"",
                        "the embedding, to which config.json ties it",
                        "other values");
            }
        }
    }

    /**
     * Something there is one of for each parameter, such as its gradient, under the names and in
     * the layout of this checkpoint, in the caller's scope.
     *
     * @param of a tensor of the parameter's shape
     */
    public Map<String, Tensor> stored(Transformer model, Function<Parameter, Tensor> of) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        tensors.forEach(t -> all.put(t.name(), t.join(model, of)));
        return all;
    }

    @Override
    public void close() {
        files.close();
    }
}
