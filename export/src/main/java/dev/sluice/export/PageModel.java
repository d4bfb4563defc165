package dev.sluice.export;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.Exportable;
import dev.sluice.models.Exportable.Code;
import dev.sluice.models.Graph;
import dev.sluice.models.Graph.Apply;
import dev.sluice.models.Graph.Dense;
import dev.sluice.models.Graph.Largest;
import dev.sluice.models.Graph.Plus;
import dev.sluice.models.Graph.Scale;
import dev.sluice.models.Graph.Step;
import dev.sluice.models.Graph.Times;
import dev.sluice.models.Graph.Units;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model as the page of latents uses it, computed here: for a server whose pages hold no model of
 * their own. It reads the parameters of the model, which the caller closes; for one thread at a
 * time.
 */
public final class PageModel {
    private final List<Graph> graphs;
    private final Code code;
    private final SiteInfo info;

    private PageModel(Exportable model, SiteInfo info) {
        graphs = SiteInfo.graphs(model);
        code = model.code();
        this.info = info;
    }

    /**
     * A model with sliders wide enough for the codes of these images.
     *
     * @param images of the size that the model takes; none: sliders are as wide as usual
     */
    public static PageModel of(Exportable model, ImageSet images) {
        return new PageModel(model, SiteInfo.of(model, images));
    }

    /** What the page must know of the model. */
    public SiteInfo info() {
        return info;
    }

    /**
     * The code of an image, before anything is done to it.
     *
     * @param pixels row by row, in [0, 1]
     */
    public float[] encode(float[] pixels) {
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            Tensor image = Tensor.of(pixels, 1, pixels.length);
            Tensor x = image.mul(code.imageHigh() - code.imageLow()).add(code.imageLow());
            return first(graphs.get(0), x).toFloats();
        }
    }

    /**
     * What each decoder makes of a code, by its name: pixels row by row, in [0, 1].
     *
     * @param values of the units; 0 puts a unit out of action
     */
    public Map<String, float[]> decode(float[] values) {
        Map<String, float[]> images = new LinkedHashMap<>();
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            Tensor z = Tensor.of(values, 1, values.length);
            for (Graph decoder : graphs.subList(1, graphs.size())) {
                Tensor y = first(decoder, z).sub(code.imageLow());
                images.put(decoder.name(), y.div(code.imageHigh() - code.imageLow()).toFloats());
            }
        }
        return images;
    }

    /** A file of test digits as the page reads it: a byte for each label, then for each pixel. */
    public static byte[] digits(ImageSet digits) {
        byte[] all = Arrays.copyOf(digits.labels(), digits.size() + digits.images().length);
        System.arraycopy(digits.images(), 0, all, digits.size(), digits.images().length);
        return all;
    }

    /** The first output of a graph, [n, units]; in the caller's scope. */
    static Tensor first(Graph graph, Tensor input) {
        Map<String, Tensor> values = new HashMap<>();
        values.put(graph.input().name(), input);
        for (Graph.Value value : graph.values()) {
            Tensor x = Objects.requireNonNull(values.get(value.from()));
            for (Step step : value.steps()) {
                x = apply(step, x, values);
            }
            values.put(value.name(), x);
        }
        return Objects.requireNonNull(values.get(graph.outputs().get(0).name()));
    }

    private static Tensor apply(Step step, Tensor x, Map<String, Tensor> values) {
        if (step instanceof Dense dense) {
            Tensor y = x.matmul(dense.weight().value().transpose(0, 1));
            return dense.bias() == null ? y : y.add(dense.bias().value());
        }
        if (step instanceof Apply apply) {
            return switch (apply.function()) {
                case RELU -> x.relu();
                case SIGMOID -> x.sigmoid();
                case SOFTPLUS -> x.relu().add(x.abs().neg().exp().add(1).log());
                case LOG -> x.log();
            };
        }
        if (step instanceof Units units) {
            return x.narrow(1, units.from(), units.to() - units.from());
        }
        if (step instanceof Plus plus) {
            return x.add(Objects.requireNonNull(values.get(plus.value())));
        }
        if (step instanceof Times times) {
            return x.mul(Objects.requireNonNull(values.get(times.value())));
        }
        if (step instanceof Largest) {
            return x.max(true, 1);
        }
        return x.mul(((Scale) step).by());
    }
}
