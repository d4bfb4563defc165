package dev.sluice.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Which of the names that exist were meant by one that does not. */
final class NearestNames {
    private static final int OFFERED = 3;

    private NearestNames() {}

    /** The nearest of {@code names} by edit distance, best first. */
    static List<String> of(String wanted, Collection<String> names) {
        return names.stream()
                .distinct()
                .sorted(
                        Comparator.comparingInt((String name) -> distance(wanted, name))
                                .thenComparing(Comparator.naturalOrder()))
                .limit(OFFERED)
                .toList();
    }

    /** Letters to insert, delete or replace to turn {@code a} into {@code b}. */
    static int distance(String a, String b) {
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
