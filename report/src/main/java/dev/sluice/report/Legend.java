package dev.sluice.report;

import java.util.ArrayList;
import java.util.List;

/** Swatches and names in rows above a plot. */
final class Legend {
    private static final double LONGEST = 200;

    private Legend() {}

    /** How many rows the names take; a single series needs none. */
    static int rows(List<Series> series) {
        return series.size() < 2 ? 0 : places(series).get(series.size() - 1)[1] + 1;
    }

    static void draw(Svg svg, List<Series> series, double baseline) {
        if (series.size() < 2) {
            return;
        }
        List<int[]> places = places(series);
        for (int i = 0; i < series.size(); i++) {
            double x = places.get(i)[0];
            double y = baseline + places.get(i)[1] * 22;
            svg.open("g", "class", Series.colour(i));
            svg.leaf(
                    "rect", "class", "dot", "x", x, "y", y - 9, "width", 10, "height", 10, "rx", 2);
            svg.text("label", x + 16, y, LONGEST, series.get(i).name());
            svg.close();
        }
    }

    /** The left edge and the row of each entry. */
    private static List<int[]> places(List<Series> series) {
        List<int[]> places = new ArrayList<>();
        int x = 0;
        int row = 0;
        for (Series s : series) {
            int width = (int) Math.min(LONGEST, Markup.width(s.name(), 12)) + 36;
            if (x > 0 && x + width > Plot.WIDTH) {
                x = 0;
                row++;
            }
            places.add(new int[] {x, row});
            x += width;
        }
        return places;
    }
}
