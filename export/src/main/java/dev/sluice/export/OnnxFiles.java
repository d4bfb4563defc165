package dev.sluice.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.TrainedModel;
import dev.sluice.experiments.Versions;
import dev.sluice.models.Exportable.Code;
import dev.sluice.models.Graph;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * {@code NAME.onnx} for each graph of a model, and {@code check.json}: what the written files do on
 * the test set.
 */
final class OnnxFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHUNK = 1000;

    private OnnxFiles() {}

    static void write(TrainedModel model, ImageData data, Path folder) {
        Map<String, OnnxReader> files =
                graphs(model, model.exportable().graphs(), data.test(), folder);
        Map<String, Object> check = check(model, files, data.test());
        AtomicFiles.write(folder.resolve("check.json"), json(check));
    }

    /** Writes a file for each graph, and gives them back as they were written. */
    static Map<String, OnnxReader> graphs(
            TrainedModel model, List<Graph> graphs, ImageSet images, Path folder) {
        Map<String, String> metadata = new TreeMap<>(model.metadata());
        Code code = model.exportable().code();
        metadata.put("code", text(code.meanings()));
        metadata.put("image_range", text(List.of(code.imageLow(), code.imageHigh())));
        Map<String, OnnxReader> files = new LinkedHashMap<>();
        for (Graph graph : graphs) {
            byte[] bytes =
                    OnnxWriter.write(
                            graph, images.height(), images.width(), Versions.sluice(), metadata);
            AtomicFiles.write(folder.resolve(graph.name() + ".onnx"), bytes);
            files.put(graph.name(), OnnxReader.of(bytes));
        }
        return files;
    }

    /** The images from {@code from} to {@code to} (exclusive) as the model wants them. */
    static Tensor images(ImageSet set, int from, int to, Code code) {
        int pixels = set.height() * set.width();
        byte[] bytes = java.util.Arrays.copyOfRange(set.images(), from * pixels, to * pixels);
        return Tensor.of(bytes, to - from, 1, set.height(), set.width())
                .to(DType.F32)
                .div(255)
                .mul(code.imageHigh() - code.imageLow())
                .add(code.imageLow());
    }

    private static Map<String, Object> check(
            TrainedModel model, Map<String, OnnxReader> files, ImageSet test) {
        Code code = model.exportable().code();
        OnnxReader encoder = Objects.requireNonNull(files.get("encoder"));
        OnnxReader whole = Objects.requireNonNull(files.get("model"));
        String first = model.exportable().graphs().get(0).outputs().get(0).name();
        int right = 0;
        double squared = 0;
        for (int from = 0; from < test.size(); from += CHUNK) {
            int to = Math.min(from + CHUNK, test.size());
            try (TensorScope scope = TensorScope.open();
                    GradMode off = GradMode.off()) {
                Tensor x = images(test, from, to, code);
                Tensor y = whole.run(x).values().iterator().next();
                squared += y.sub(x).square().mean().item() * (to - from);
                long[] largest =
                        Objects.requireNonNull(encoder.run(x).get(first)).argmax(1).toLongs();
                for (int i = from; i < to; i++) {
                    String read = code.meanings().get((int) largest[i - from]);
                    right += read.equals(Integer.toString(test.label(i))) ? 1 : 0;
                }
            }
        }
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("variant", model.variant());
        check.put("seed", model.seed());
        check.put("images", test.size());
        if (code.classes()) {
            check.put("argmax_accuracy", (double) right / test.size());
        }
        check.put("reconstruction.mse", squared / test.size());
        return check;
    }

    static byte[] json(Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON", e);
        }
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON", e);
        }
    }
}
