package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The open file or shards that hold the tensors of a checkpoint. */
final class StoredFiles implements AutoCloseable {
    static final String WHOLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final int LARGEST_INDEX = 1 << 25;
    private static final int MOST_SHARDS = 1024;
    private static final Pattern SHARD =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\\.safetensors");

    private final Path named;
    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, SafetensorsFile> tensors = new TreeMap<>();

    private StoredFiles(Path named) {
        this.named = named;
    }

    /**
     * Opens what there is: one file, else shards.
     *
     * @throws CheckpointException if there is neither, or the index does not fit the shards
     * @throws dev.sluice.engine.SafetensorsException if a file is damaged or hostile
     */
    @SuppressWarnings("MustBeClosedChecker") // close() closes every file
    static StoredFiles open(Path folder) {
        Path whole = folder.resolve(WHOLE);
        Path index = folder.resolve(INDEX);
        boolean sharded = !Files.exists(whole) && Files.exists(index);
        StoredFiles stored = new StoredFiles(sharded ? index : whole);
        try {
            if (sharded) {
                stored.openShards(folder, JsonFile.read(index, LARGEST_INDEX));
            } else {
                SafetensorsFile file = SafetensorsFile.open(whole);
                stored.files.add(file);
                file.entries().forEach(e -> stored.tensors.put(e.name(), file));
            }
            return stored;
        } catch (RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    private void openShards(Path folder, JsonFile index) {
        Map<String, String> places = new TreeMap<>();
        for (Map.Entry<String, JsonNode> e : index.object("weight_map").root().properties()) {
            String shard = e.getValue().asText();
            if (!e.getValue().isTextual() || !SHARD.matcher(shard).matches()) {
                throw index.wrong(
                        "weight_map, \"" + e.getKey() + "\"",
                        "the name of a .safetensors file in the same folder",
                        e.getValue());
            }
            places.put(e.getKey(), shard);
        }
        List<String> shards = places.values().stream().distinct().sorted().toList();
        if (shards.size() > MOST_SHARDS) {
            throw new CheckpointException(
                    named, "weight_map", "at most " + MOST_SHARDS + " files", "" + shards.size());
        }
        for (String shard : shards) {
            SafetensorsFile file = openShard(folder.resolve(shard));
            for (SafetensorsFile.Entry e : file.entries()) {
                if (!shard.equals(places.remove(e.name()))) {
                    throw new CheckpointException(
                            named,
                            "weight_map, \"" + e.name() + "\"",
                            shard + ", which holds it",
                            "another file, or none");
                }
                tensors.put(e.name(), file);
            }
        }
        if (!places.isEmpty()) {
            Map.Entry<String, String> lost = places.entrySet().iterator().next();
            throw new CheckpointException(
                    folder.resolve(lost.getValue()),
                    "header",
                    "a tensor \"" + lost.getKey() + "\" as the index says",
                    "none");
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes every file
    private SafetensorsFile openShard(Path shard) {
        SafetensorsFile file = SafetensorsFile.open(shard);
        files.add(file);
        return file;
    }

    /** What complaints about all of it name. */
    Path named() {
        return named;
    }

    /** Every tensor by name. */
    Map<String, SafetensorsFile> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    SafetensorsFile.Entry entry(String name) {
        return file(name).entry(name);
    }

    /** One tensor, in memory of the current scope. */
    Tensor read(String name) {
        return Weights.read(file(name), name);
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = tensors.get(name);
        if (file == null) {
            throw new CheckpointException(named, "tensors", "\"" + name + "\"", "none");
        }
        return file;
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
