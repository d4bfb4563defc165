package dev.sluice.engine.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** The tensors of one file of reference numbers, by name. */
public final class GoldenTensors {
    private static final String METADATA = "__metadata__";

    private final String file;
    private final JsonNode header;
    private final ByteBuffer data;

    private GoldenTensors(String file, JsonNode header, ByteBuffer data) {
        this.file = file;
        this.header = header;
        this.data = data;
    }

    static GoldenTensors read(Path path) {
        try {
            ByteBuffer all =
                    ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
            int length = Math.toIntExact(all.getLong());
            byte[] header = new byte[length];
            all.get(header);
            return new GoldenTensors(
                    String.valueOf(path.getFileName()),
                    new ObjectMapper().readTree(header),
                    all.slice());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the tensors. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        header.fieldNames().forEachRemaining(names::add);
        names.remove(METADATA);
        return names;
    }

    /** Whether there is a tensor of that name. */
    public boolean has(String name) {
        return header.has(name) && !name.equals(METADATA);
    }

    /** The tensor of that name, in the type it is stored in; it belongs to the innermost scope. */
    public Tensor get(String name) {
        if (!has(name)) {
            throw new AssertionError(file + " has no tensor " + name);
        }
        JsonNode entry = header.get(name);
        long[] shape = new long[entry.get("shape").size()];
        Arrays.setAll(shape, i -> entry.get("shape").get(i).asLong());
        int start = entry.get("data_offsets").get(0).asInt();
        int end = entry.get("data_offsets").get(1).asInt();
        return Tensor.ofBytes(
                data.slice(start, end - start), dtype(entry.get("dtype").asText()), shape);
    }

    private DType dtype(String name) {
        return Arrays.stream(DType.values())
                .filter(d -> d.safetensorsName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + ": unknown dtype " + name));
    }
}
