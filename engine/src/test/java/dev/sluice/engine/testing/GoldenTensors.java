package dev.sluice.engine.testing;

import dev.sluice.engine.DType;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The tensors of one file of reference numbers, by name. */
public final class GoldenTensors {
    private record Stored(SafetensorsFile.Entry entry, ByteBuffer bytes) {}

    private final Path path;
    private final Map<String, Stored> tensors = new TreeMap<>();

    GoldenTensors(Path path) {
        this.path = path;
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.entries().forEach(e -> tensors.put(e.name(), new Stored(e, file.bytes(e.name()))));
        }
    }

    /** The names of the tensors. */
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /** Whether there is a tensor of that name. */
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /**
     * The tensor of that name, in the type it is stored in (I32: as I64); it belongs to the
     * innermost scope.
     */
    public Tensor get(String name) {
        Stored stored = tensors.get(name);
        if (stored == null) {
            throw new AssertionError(path + " has no tensor " + name);
        }
        if (stored.entry().dtype().equals("I32")) {
            return Tensor.of(ints(stored.bytes()), stored.entry().shape());
        }
        return Tensor.ofBytes(stored.bytes(), dtype(stored.entry()), stored.entry().shape());
    }

    private static int[] ints(ByteBuffer bytes) {
        int[] values = new int[bytes.remaining() / Integer.BYTES];
        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
        return values;
    }

    private DType dtype(SafetensorsFile.Entry entry) {
        return Arrays.stream(DType.values())
                .filter(d -> d.safetensorsName().equals(entry.dtype()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + ": unknown dtype of " + entry));
    }
}
