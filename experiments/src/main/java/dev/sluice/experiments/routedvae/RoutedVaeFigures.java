package dev.sluice.experiments.routedvae;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.experiments.RunView;
import dev.sluice.report.Animation;
import dev.sluice.report.BarChart;
import dev.sluice.report.HeatMap;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.ImageGrid;
import dev.sluice.training.MetricsLog;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The pictures of one variant, from what its first seed left. */
final class RoutedVaeFigures {
    private static final int WALK_SCALE = 4;
    private static final int WALK_HUNDREDTHS = 5;
    private static final int AWAKE_COLUMNS = 60;

    private final RunView run;
    private final String variant;
    private final JsonNode artefacts;
    private final int classes;
    private final int unitsPerClass;

    RoutedVaeFigures(RunView run, String variant, JsonNode artefacts) {
        this.run = run;
        this.variant = variant;
        this.artefacts = artefacts;
        classes = artefacts.path("classes").asInt();
        unitsPerClass = artefacts.path("units_per_class").asInt();
    }

    void draw(HtmlReport.Section section) {
        List<String> dead = texts(artefacts.path("dead"));
        section.check(
                dead.isEmpty(),
                "Every class is read off its own unit.",
                dead.isEmpty()
                        ? "No dimension is dead."
                        : "Dead (fewer than half of their images read as them): "
                                + String.join(", ", dead)
                                + ".");
        section.animation(
                Animation.of(
                        "Walk through the units",
                        side("width"),
                        side("height"),
                        WALK_SCALE,
                        WALK_HUNDREDTHS,
                        images(artefacts.path("walk"))),
                "A code with one unit at 1.5 and all others at 0, gliding from each unit to the"
                        + " next.");
        section.figure(
                traversals(),
                "What the decoder makes of each unit alone, from 0 to 3. The last column is the"
                        + " strongest.");
        section.figure(reconstructions(), "Test images, and the decoder's image of their means.");
        section.figure(
                activation(),
                "Mean of each unit, below zero cut off, over the test images of each class. A"
                        + " routed code is strong on the diagonal, and without details there"
                        + " alone.");
        section.figure(
                confusion(),
                "Share of each class (row) that is read as each class (column) by the largest"
                        + " mean.");
        section.figure(
                awake(),
                "Share of a class's training images with a positive mean at its own unit, over"
                        + " the training. Where a row fades and stays so, a plain ReLU lets next to"
                        + " no gradient back to that unit: it has died.");
        section.figure(errors(), "Mean squared error per pixel of test images, by class.");
        section.details(
                "Every class in numbers",
                folded -> {
                    folded.table(RoutedVaeTables.byClass(run, variant, classes));
                    folded.table(RoutedVaeTables.confusion(variant, artefacts.path("confusion")));
                });
    }

    private int side(String name) {
        return artefacts.path(name).asInt();
    }

    private List<String> classNames() {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    private String unitName(int unit) {
        String name = Integer.toString(unit / unitsPerClass);
        return unitsPerClass == 1 ? name : name + "." + unit % unitsPerClass;
    }

    private List<String> unitNames() {
        return IntStream.range(0, classes * unitsPerClass).mapToObj(this::unitName).toList();
    }

    private ImageGrid traversals() {
        ImageGrid grid = ImageGrid.of("Traversals", side("width"), side("height"));
        List<String> columns = new ArrayList<>();
        artefacts
                .path("strengths")
                .forEach(s -> columns.add(String.format(Locale.ROOT, "%.2f", s.asDouble())));
        grid.columns(columns);
        JsonNode rows = artefacts.path("traversals");
        for (int d = 0; d < rows.size(); d++) {
            grid.row("unit " + unitName(d), images(rows.get(d)));
        }
        return grid;
    }

    private ImageGrid reconstructions() {
        JsonNode r = artefacts.path("reconstructions");
        return ImageGrid.of("Reconstructions", side("width"), side("height"))
                .columns(texts(r.path("labels")))
                .row("input", images(r.path("input")))
                .row("output", images(r.path("output")));
    }

    private HeatMap activation() {
        JsonNode rows = artefacts.path("activation");
        double[][] values = new double[rows.size()][];
        for (int d = 0; d < values.length; d++) {
            values[d] = numbers(rows.get(d));
        }
        return HeatMap.of("Units by class", values)
                .rows("unit", unitNames())
                .columns("class", classNames());
    }

    private HeatMap confusion() {
        JsonNode rows = artefacts.path("confusion");
        double[][] shares = new double[rows.size()][];
        for (int k = 0; k < shares.length; k++) {
            double[] counts = numbers(rows.get(k));
            double all = IntStream.range(0, counts.length).mapToDouble(j -> counts[j]).sum();
            shares[k] = new double[counts.length];
            for (int j = 0; j < counts.length; j++) {
                shares[k][j] = counts[j] / all;
            }
        }
        return HeatMap.of("Confusion", shares, 1)
                .rows("class", classNames())
                .columns("read as", classNames());
    }

    private HeatMap awake() {
        List<MetricsLog.Line> lines =
                run.metrics().stream()
                        .filter(l -> l.variant().equals(variant))
                        .filter(l -> l.seed() == run.manifest().seeds().get(0))
                        .toList();
        int columns = Math.min(AWAKE_COLUMNS, lines.size());
        double[][] shares = new double[classes][columns];
        List<String> steps = new ArrayList<>();
        for (int c = 0; c < columns; c++) {
            MetricsLog.Line line = lines.get(c * lines.size() / columns);
            steps.add(Long.toString(line.step()));
            for (int k = 0; k < classes; k++) {
                shares[k][c] = line.values().getOrDefault("awake." + k, Double.NaN);
            }
        }
        return HeatMap.of("Units awake while training", shares, 1)
                .rows("class", classNames())
                .columns("step", steps);
    }

    private BarChart errors() {
        double[] mean = new double[classes];
        double[] low = new double[classes];
        double[] high = new double[classes];
        for (int k = 0; k < classes; k++) {
            String metric = "per_label." + k + ".reconstruction.mse";
            mean[k] = run.mean(variant, metric);
            low[k] = mean[k] - run.halfWidth(variant, metric);
            high[k] = mean[k] + run.halfWidth(variant, metric);
        }
        return BarChart.over("Error by class", "class", "MSE", classNames())
                .add(variant, mean, low, high);
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    private static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static List<byte[]> images(JsonNode list) {
        return texts(list).stream().map(Base64.getDecoder()::decode).toList();
    }
}
