package dev.sluice.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;

/** Tensors by name in safetensors files. Bytes go between file and tensor without a copy. */
public final class Weights {
    private static final int CHUNK = 1 << 24;

    private Weights() {}

    /** The tensors as parts of a file, in the order of the map; read when the file is written. */
    public static List<SafetensorsFile.Part> parts(Map<String, Tensor> tensors) {
        List<SafetensorsFile.Part> parts = new ArrayList<>();
        tensors.forEach((name, t) -> parts.add(part(name, t.dtype(), t.shape(), () -> t)));
        return parts;
    }

    /**
     * A part of a file that is computed when it is written, and freed then.
     *
     * @param tensor of that type and shape
     */
    public static SafetensorsFile.Part part(
            String name, DType dtype, long[] shape, Supplier<Tensor> tensor) {
        Objects.requireNonNull(tensor, "tensor");
        return new SafetensorsFile.Part(
                name,
                dtype.safetensorsName(),
                Arrays.stream(shape).boxed().toList(),
                out -> write(tensor, out));
    }

    private static void write(Supplier<Tensor> source, WritableByteChannel out) throws IOException {
        try (TensorScope scope = TensorScope.open()) {
            Object made = source.get();
            if (!(made instanceof Tensor tensor)) {
                throw new TensorException("expected a tensor to write, found " + made);
            }
            Tensor rows = tensor.detach().contiguous();
            long size = rows.count() * rows.dtype().bytes();
            for (long at = 0; at < size; at += CHUNK) {
                out.write(bytes(rows, at, Math.min(CHUNK, size - at)));
            }
        }
    }

    /** A window on the memory of a tensor that is laid out row by row. */
    private static ByteBuffer bytes(Tensor tensor, long from, long length) {
        return new BytePointer(tensor.data()).getPointer(from).capacity(length).asByteBuffer();
    }

    /** Writes a file; the same tensors and metadata give the same bytes. */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
        SafetensorsFile.write(path, parts(tensors), metadata);
    }

    /**
     * Every tensor of an open file, in memory of the current scope.
     *
     * @throws TensorException if an element type is not one that Sluice computes with
     */
    public static Map<String, Tensor> read(SafetensorsFile file) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        file.entries().forEach(e -> tensors.put(e.name(), read(file, e.name())));
        return tensors;
    }

    /**
     * One tensor of an open file, of any size, in memory of the current scope.
     *
     * @throws SafetensorsException if there is none of that name, or the file was cut short since
     * @throws TensorException if its element type is not one that Sluice computes with
     */
    public static Tensor read(SafetensorsFile file, String name) {
        SafetensorsFile.Entry e = file.entry(name);
        Tensor tensor = Tensor.empty(dtype(e), e.shape());
        try (TensorScope scope = TensorScope.open()) {
            for (long at = 0; at < e.size(); at += CHUNK) {
                file.read(name, at, bytes(tensor, at, Math.min(CHUNK, e.size() - at)));
            }
        }
        return tensor;
    }

    private static DType dtype(SafetensorsFile.Entry e) {
        return Arrays.stream(DType.values())
                .filter(d -> d.safetensorsName().equals(e.dtype()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TensorException(
                                        "tensor "
                                                + e.name()
                                                + ": expected one of F64, F32, BF16, F16, I64,"
                                                + " U8, BOOL, found "
                                                + e.dtype()));
    }
}
