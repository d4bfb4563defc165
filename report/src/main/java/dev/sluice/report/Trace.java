package dev.sluice.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Paths through many points. Where there are more points than pixels, each column of pixels keeps
 * its first, lowest, highest and last point, so that no spike is lost and the file stays small.
 */
final class Trace {
    private static final int DENSE = 1500;

    private Trace() {}

    /** A line through the points, broken where one of them is NaN; lone points become dots. */
    static String line(double[] xs, double[] ys) {
        StringBuilder path = new StringBuilder();
        for (List<double[]> run : runs(xs, ys, ys)) {
            List<double[]> shown = xs.length > DENSE ? thinned(run) : run;
            for (int i = 0; i < shown.size(); i++) {
                path.append(i == 0 ? 'M' : 'L').append(Svg.at(shown.get(i)[0], shown.get(i)[1]));
            }
            if (shown.size() == 1) {
                path.append('L').append(Svg.at(shown.get(0)[0], shown.get(0)[1]));
            }
        }
        return path.toString();
    }

    /** The closed area between two lines, broken where either is NaN. */
    static String band(double[] xs, double[] lows, double[] highs) {
        StringBuilder path = new StringBuilder();
        for (List<double[]> run : runs(xs, lows, highs)) {
            List<double[]> shown = xs.length > DENSE ? columns(run) : run;
            for (int i = 0; i < shown.size(); i++) {
                path.append(i == 0 ? 'M' : 'L').append(Svg.at(shown.get(i)[0], shown.get(i)[2]));
            }
            for (int i = shown.size() - 1; i >= 0; i--) {
                path.append('L').append(Svg.at(shown.get(i)[0], shown.get(i)[1]));
            }
            path.append('Z');
        }
        return path.toString();
    }

    /** Unbroken stretches of {@code (x, a, b)}. */
    private static List<List<double[]>> runs(double[] xs, double[] as, double[] bs) {
        List<List<double[]>> runs = new ArrayList<>();
        List<double[]> run = new ArrayList<>();
        for (int i = 0; i < xs.length; i++) {
            if (Double.isFinite(xs[i] + as[i] + bs[i])) {
                run.add(new double[] {xs[i], as[i], bs[i]});
            } else if (!run.isEmpty()) {
                runs.add(run);
                run = new ArrayList<>();
            }
        }
        if (!run.isEmpty()) {
            runs.add(run);
        }
        return runs;
    }

    private static List<double[]> thinned(List<double[]> run) {
        List<double[]> kept = new ArrayList<>();
        int start = 0;
        while (start < run.size()) {
            int end = columnEnd(run, start);
            int least = start;
            int most = start;
            for (int i = start; i < end; i++) {
                least = run.get(i)[1] < run.get(least)[1] ? i : least;
                most = run.get(i)[1] > run.get(most)[1] ? i : most;
            }
            int[] places = {start, Math.min(least, most), Math.max(least, most), end - 1};
            for (int k = 0; k < places.length; k++) {
                if (k == 0 || places[k] > places[k - 1]) {
                    kept.add(run.get(places[k]));
                }
            }
            start = end;
        }
        return kept;
    }

    private static List<double[]> columns(List<double[]> run) {
        List<double[]> kept = new ArrayList<>();
        int start = 0;
        while (start < run.size()) {
            int end = columnEnd(run, start);
            double[] column = run.get(start).clone();
            for (double[] point : run.subList(start, end)) {
                column[1] = Math.max(column[1], point[1]);
                column[2] = Math.min(column[2], point[2]);
            }
            kept.add(column);
            start = end;
        }
        return kept;
    }

    private static int columnEnd(List<double[]> run, int start) {
        int end = start + 1;
        while (end < run.size() && Math.floor(run.get(end)[0]) == Math.floor(run.get(start)[0])) {
            end++;
        }
        return end;
    }
}
