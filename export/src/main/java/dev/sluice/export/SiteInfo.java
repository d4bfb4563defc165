package dev.sluice.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.Exportable;
import dev.sluice.models.Exportable.Code;
import dev.sluice.models.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a page of latents must know of a model: {@code site.json}.
 *
 * @param units of the code, in order
 * @param digits the file of test digits
 */
public record SiteInfo(
        int height,
        int width,
        double imageLow,
        double imageHigh,
        boolean nonNegative,
        boolean classes,
        List<Unit> units,
        Slider slider,
        Part encoder,
        List<Part> decoders,
        String digits) {
    private static final Map<String, String> LABELS =
            Map.of(
                    "decoder", "Decoder",
                    "decoder_high", "Decoder of high digits",
                    "certificate_low", "Low half alone",
                    "certificate_high", "High half alone");

    /** Copies the lists. */
    public SiteInfo {
        units = List.copyOf(units);
        decoders = List.copyOf(decoders);
    }

    /**
     * A unit of the code.
     *
     * @param label short, beside its slider
     * @param name in full, for who hears the page
     * @param group the slider's group
     * @param of the class that it stands for; null if none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Unit(
            String label, String name, String group, @JsonProperty("class") @Nullable String of) {}

    /** Where sliders begin and end, and in which steps they move. */
    public record Slider(double min, double max, double step) {}

    /** An ONNX file with its input and the output that is read. */
    public record Part(String name, String label, String file, String input, String output) {}

    /** What holds for a model, with sliders wide enough for the codes of these images. */
    public static SiteInfo of(Exportable model, ImageSet images) {
        Code code = model.code();
        List<Graph> graphs = graphs(model);
        boolean two = graphs.stream().anyMatch(g -> g.name().equals("decoder_high"));
        List<Part> parts = graphs.stream().map(g -> part(g, two)).toList();
        return new SiteInfo(
                images.height(),
                images.width(),
                code.imageLow(),
                code.imageHigh(),
                code.nonNegative(),
                code.classes(),
                units(code),
                code.nonNegative() ? new Slider(0, 3, 0.1) : symmetric(model, images),
                parts.get(0),
                parts.subList(1, parts.size()),
                "digits.bin");
    }

    /** The parts that a page computes with. */
    static List<Graph> graphs(Exportable model) {
        return model.graphs().stream().filter(g -> !g.name().equals("model")).toList();
    }

    private static Part part(Graph graph, boolean twoDecoders) {
        boolean low = twoDecoders && graph.name().equals("decoder");
        return new Part(
                graph.name(),
                low ? "Decoder of low digits" : LABELS.getOrDefault(graph.name(), graph.name()),
                "models/" + graph.name() + ".onnx",
                graph.input().name(),
                graph.outputs().get(0).name());
    }

    private static List<Unit> units(Code code) {
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < code.meanings().size(); i++) {
            String meaning = code.meanings().get(i);
            int first = code.meanings().indexOf(meaning);
            int last = code.meanings().lastIndexOf(meaning);
            if (code.classes()) {
                String label = first == last ? meaning : meaning + "·" + (i - first + 1);
                units.add(new Unit(label, "Dimension " + label, "Dimensions by class", meaning));
            } else {
                String title = Character.toUpperCase(meaning.charAt(0)) + meaning.substring(1);
                String group = title + " half: units " + first + "–" + last;
                units.add(new Unit("" + i, "Unit " + i, group, null));
            }
        }
        return units;
    }

    /** To both sides as far as 999 of 1,000 values of these images' codes, or a little more. */
    private static Slider symmetric(Exportable model, ImageSet images) {
        if (images.size() == 0) {
            return new Slider(-3, 3, 0.1);
        }
        double[] sizes = sizes(model, images);
        Arrays.sort(sizes);
        double most = Math.max(1e-6, sizes[(int) (0.999 * (sizes.length - 1))]);
        double unit = Math.pow(10, Math.floor(Math.log10(most)));
        double max =
                List.of(1.0, 2.0, 5.0, 10.0).stream()
                        .map(m -> m * unit)
                        .filter(m -> m >= most)
                        .findFirst()
                        .orElse(10 * unit);
        return new Slider(-max, max, max / 50);
    }

    private static double[] sizes(Exportable model, ImageSet images) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            Tensor x = OnnxFiles.images(images, 0, images.size(), model.code());
            Tensor flat = x.reshape(images.size(), (long) images.height() * images.width());
            return PageModel.first(model.graphs().get(0), flat).abs().toDoubles();
        }
    }
}
