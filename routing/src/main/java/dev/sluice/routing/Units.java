package dev.sluice.routing;

import java.util.List;

/** Units of an axis in words. */
final class Units {
    private Units() {}

    /** "latent 0-15, 17". */
    static String text(String axis, List<Integer> units) {
        StringBuilder text = new StringBuilder(axis);
        int start = 0;
        for (int i = 1; i <= units.size(); i++) {
            if (i == units.size() || units.get(i) != units.get(i - 1) + 1) {
                int from = units.get(start);
                int to = units.get(i - 1);
                text.append(start == 0 ? " " : ", ").append(from);
                text.append(from == to ? "" : "-" + to);
                start = i;
            }
        }
        return text.toString();
    }
}
