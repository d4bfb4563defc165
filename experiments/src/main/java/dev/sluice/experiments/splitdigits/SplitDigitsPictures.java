package dev.sluice.experiments.splitdigits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.report.HeatMap;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.ImageGrid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The pictures of one trained model: what it and its halves make of images, codes, units. */
final class SplitDigitsPictures {
    private final JsonNode artefacts;
    private final int width;
    private final int height;

    SplitDigitsPictures(JsonNode artefacts) {
        this.artefacts = artefacts;
        width = artefacts.path("width").asInt();
        height = artefacts.path("height").asInt();
    }

    void draw(HtmlReport.Section section) {
        if (artefacts.path("format").asInt() != SplitDigitsArtefacts.FORMAT) {
            section.prose(
                    "The pictures of this run were stored by another version of Sluice and are left"
                            + " out.");
            return;
        }
        section.figure(
                reconstructions("low", 0),
                "Test images of digits 0 to 4, and what the decoder and each half's certificate"
                        + " make of their codes.");
        section.figure(reconstructions("high", 5), "The same for digits 5 to 9.");
        section.figure(
                codes(),
                "The code of five test images of each digit, a row each. A unit's colour says how"
                        + " far from zero it is, and to which side.");
        section.figure(
                correlation(),
                "Correlation of the code's units over test images: the two squares off the diagonal"
                        + " are what the halves share.");
        section.details(
                "What each unit of the code stands for",
                folded -> {
                    folded.prose(
                            "Of each unit: the mean of the test images, weighted by its positive"
                                    + " activation; its ideal, an image made to maximise it; and the test"
                                    + " images with the highest activation, with the one nearest to"
                                    + " zero, and with the lowest.\n\nThe ideal starts blank and"
                                    + " climbs the unit's gradient through the encoder; the gradient"
                                    + " is smoothed and the ink fades a little at every step, without"
                                    + " which it would be noise.");
                    int units = artefacts.path("correlation").size();
                    folded.figure(units("low", 0, units / 2), "The units meant for digits 0 to 4.");
                    folded.figure(
                            units("high", units / 2, units), "The units meant for digits 5 to 9.");
                });
    }

    private List<byte[]> images(JsonNode packed) {
        return PackedImages.unpack(packed.asText(), width * height);
    }

    private ImageGrid reconstructions(String group, int firstDigit) {
        JsonNode r = artefacts.path("reconstructions");
        int[] columns =
                IntStream.range(0, r.path("labels").size())
                        .filter(i -> r.path("labels").get(i).asInt() / 5 == firstDigit / 5)
                        .toArray();
        ImageGrid grid = ImageGrid.of("Reconstructions, " + group + " digits", width, height);
        List<String> labels = new ArrayList<>();
        for (int column : columns) {
            labels.add(r.path("labels").get(column).asText());
        }
        grid.columns(labels);
        grid.row("input", chosen(images(r.path("input")), columns));
        grid.row("decoder", chosen(images(r.path("decoder")), columns));
        grid.row("low half", chosen(images(r.path("certificate_low")), columns));
        grid.row("high half", chosen(images(r.path("certificate_high")), columns));
        return grid;
    }

    /** The places that there are: a damaged file has none. */
    private static List<byte[]> chosen(List<byte[]> images, int[] places) {
        List<byte[]> chosen = new ArrayList<>();
        for (int place : places) {
            if (place < images.size()) {
                chosen.add(images.get(place));
            }
        }
        return chosen;
    }

    private static double[][] matrix(JsonNode rows) {
        double[][] m = new double[rows.size()][];
        for (int i = 0; i < m.length; i++) {
            JsonNode row = rows.get(i);
            m[i] = IntStream.range(0, row.size()).mapToDouble(j -> row.get(j).asDouble()).toArray();
        }
        return m;
    }

    private HeatMap codes() {
        JsonNode codes = artefacts.path("codes");
        List<String> labels = new ArrayList<>();
        codes.path("labels").forEach(l -> labels.add(l.asText()));
        double[][] values = matrix(codes.path("values"));
        return HeatMap.of("Codes by digit", values)
                .rows("digit", labels)
                .columns("units of the code", halves(values.length == 0 ? 0 : values[0].length));
    }

    private HeatMap correlation() {
        double[][] values = matrix(artefacts.path("correlation"));
        return HeatMap.of("Correlation of units", values, 1)
                .rows("units of the code", halves(values.length))
                .columns("units of the code", halves(values.length));
    }

    private static List<String> halves(int units) {
        List<String> names = new ArrayList<>(Collections.nCopies(units / 2, "low half"));
        names.addAll(Collections.nCopies(units - units / 2, "high half"));
        return names;
    }

    private ImageGrid units(String half, int from, int to) {
        JsonNode units = artefacts.path("units");
        ImageGrid grid = ImageGrid.of("Units of the " + half + " half", width, height);
        List<String> names = new ArrayList<>(List.of("mean", "ideal"));
        for (String end : List.of("highest", "zero", "lowest")) {
            names.addAll(Collections.nCopies(UnitPictures.EXAMPLES, end));
        }
        grid.columns(names);
        for (int u = from; u < to; u++) {
            List<byte[]> row = new ArrayList<>();
            for (String one : List.of("mean", "optimised")) {
                row.addAll(chosen(images(units.path(one)), new int[] {u}));
            }
            int first = u * UnitPictures.EXAMPLES;
            int[] places = IntStream.range(first, first + UnitPictures.EXAMPLES).toArray();
            for (String end : List.of("highest", "zero", "lowest")) {
                row.addAll(chosen(images(units.path(end)), places));
            }
            grid.row(Integer.toString(u), row);
        }
        return grid;
    }
}
