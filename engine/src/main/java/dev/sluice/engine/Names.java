package dev.sluice.engine;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Messages about names that do not exist, with the nearest ones that do. Use it wherever a person
 * may have mistyped a name: of a setting, a hook point, a data set.
 */
public final class Names {
    private static final int OFFERED = 3;

    private Names() {}

    /** "unknown KIND NAME; nearest: …". */
    public static String unknown(String kind, String name, Collection<String> known) {
        List<String> nearest = nearest(name, known);
        return "unknown "
                + kind
                + " '"
                + name
                + "'"
                + (nearest.isEmpty() ? "" : "; nearest: " + String.join(", ", nearest));
    }

    /** Up to three of the known names, nearest first by edit distance, then by name. */
    public static List<String> nearest(String name, Collection<String> known) {
        return known.stream()
                .distinct()
                .sorted(
                        Comparator.<String>comparingInt(k -> distance(name, k))
                                .thenComparing(Comparator.naturalOrder()))
                .limit(OFFERED)
                .toList();
    }

    /**
     * Those of the {@link #nearest} that differ from a name by a slip: in a third of its letters.
     */
    static List<String> alike(String name, Collection<String> known) {
        return nearest(name, known).stream()
                .filter(k -> 3 * distance(name, k) <= name.length())
                .toList();
    }

    /** Letters to insert, delete or replace to turn {@code a} into {@code b}. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
