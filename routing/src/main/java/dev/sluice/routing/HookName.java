package dev.sluice.routing;

import dev.sluice.engine.Names;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The name of a hook point or parameter, or a glob over such names: {@code *} stands for any
 * characters but a dot, {@code **} for any at all, as in {@code blocks.*.mlp.hook_post}.
 */
public record HookName(String pattern) {
    /** A name or glob. */
    public static HookName of(String pattern) {
        return new HookName(pattern);
    }

    /** Whether a full dotted name matches. */
    public boolean matches(String name) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.split("(?<=\\*)(?!\\*)|(?<!\\*)(?=\\*)", -1)) {
            switch (part) {
                case "*" -> regex.append("[^.]*");
                case "**" -> regex.append(".*");
                default -> regex.append(Pattern.quote(part));
            }
        }
        return name.matches(regex.toString());
    }

    /** That nothing matches, with the nearest names, in which a {@code *} of this stays one. */
    String unknown(String kind, Collection<String> known) {
        List<String> offered = known.stream().map(this::likewise).distinct().toList();
        return Names.unknown(kind, pattern, offered);
    }

    private String likewise(String name) {
        String[] own = pattern.split("\\.", -1);
        String[] parts = name.split("\\.", -1);
        for (int i = 0; i < parts.length && own.length == parts.length; i++) {
            parts[i] = own[i].equals("*") ? "*" : parts[i];
        }
        return String.join(".", parts);
    }

    /** Whether some name can match both. */
    boolean overlaps(HookName other) {
        return overlap(parts(pattern), 0, parts(other.pattern), 0);
    }

    /** Single characters and wildcards. */
    private static List<String> parts(String pattern) {
        return Pattern.compile("\\*+|[^*]")
                .matcher(pattern)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private static boolean overlap(List<String> a, int i, List<String> b, int j) {
        if (i == a.size() && j == b.size()) {
            return true;
        }
        if (i < a.size() && wildcard(a.get(i))) {
            return overlap(a, i + 1, b, j)
                    || (j < b.size() && takes(a.get(i), b.get(j)) && overlap(a, i, b, j + 1));
        }
        if (j < b.size() && wildcard(b.get(j))) {
            return overlap(b, j, a, i);
        }
        return i < a.size()
                && j < b.size()
                && a.get(i).equals(b.get(j))
                && overlap(a, i + 1, b, j + 1);
    }

    private static boolean wildcard(String part) {
        return part.equals("*") || part.equals("**");
    }

    /** Whether a wildcard can stand for a character, or for some of what another stands for. */
    private static boolean takes(String wildcard, String part) {
        return wildcard.equals("**") || !part.equals(".");
    }

    @Override
    public String toString() {
        return pattern;
    }
}
