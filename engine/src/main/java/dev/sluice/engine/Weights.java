package dev.sluice.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tensors by name in safetensors files. */
public final class Weights {
    private Weights() {}

    /** The tensors as parts of a file, in the order of the map; read when the file is written. */
    public static List<SafetensorsFile.Part> parts(Map<String, Tensor> tensors) {
        List<SafetensorsFile.Part> parts = new ArrayList<>();
        tensors.forEach(
                (name, t) ->
                        parts.add(
                                new SafetensorsFile.Part(
                                        name,
                                        t.dtype().safetensorsName(),
                                        Arrays.stream(t.shape()).boxed().toList(),
                                        out -> out.write(t.bytes()))));
        return parts;
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
        for (SafetensorsFile.Entry e : file.entries()) {
            DType dtype =
                    Arrays.stream(DType.values())
                            .filter(d -> d.safetensorsName().equals(e.dtype()))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new TensorException(
                                                    "tensor "
                                                            + e.name()
                                                            + ": expected one of F64, F32, BF16,"
                                                            + " I64, U8, BOOL, found "
                                                            + e.dtype()));
            tensors.put(e.name(), Tensor.ofBytes(file.bytes(e.name()), dtype, e.shape()));
        }
        return tensors;
    }
}
