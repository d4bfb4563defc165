package dev.sluice.experiments.text;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words that a rule did not catch though it names them in another form: without their space, in
 * other letters, or longer by an ending, as plurals are.
 */
final class NearMisses {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['\u2019]\\p{L}+)?");
    private static final int LONGEST_ENDING = 3;

    private final Set<String> spaced = new HashSet<>();
    private final Set<String> bare = new HashSet<>();
    private final Map<Miss, Long> counts = new HashMap<>();

    private record Miss(String text, String why) {}

    NearMisses(List<String> words) {
        for (String word : words) {
            (word.startsWith(" ") ? spaced : bare).add(word.strip().toLowerCase(Locale.ROOT));
        }
    }

    void add(List<Piece> pieces) {
        if (spaced.isEmpty() && bare.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.text()));
        boolean[] caught = new boolean[text.length()];
        int at = 0;
        for (Piece piece : pieces) {
            for (int i = 0; i < piece.text().length(); i++) {
                caught[at++] = piece.routed();
            }
        }
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            if (!caught[words.start()]) {
                String why =
                        why(words.group(), words.start() > 0 ? text.charAt(words.start() - 1) : 0);
                if (!why.isEmpty()) {
                    counts.merge(new Miss(words.group(), why), 1L, Long::sum);
                }
            }
        }
    }

    private String why(String word, int before) {
        String small = word.toLowerCase(Locale.ROOT);
        boolean afterSpace = before == ' ';
        if (spaced.contains(small) || bare.contains(small)) {
            boolean inItsPlace = (afterSpace ? spaced : bare).contains(small);
            return inItsPlace
                    ? "in other letters, or other tokens"
                    : afterSpace ? "after a space" : "without its space";
        }
        for (int ending = 1; ending <= LONGEST_ENDING && ending < small.length() - 1; ending++) {
            String stem = small.substring(0, small.length() - ending);
            if (spaced.contains(stem) || bare.contains(stem)) {
                return "longer than '" + stem + "'";
            }
        }
        return "";
    }

    /** The commonest first. */
    List<RulePreview.NearMiss> found() {
        return counts.entrySet().stream()
                .map(
                        e ->
                                new RulePreview.NearMiss(
                                        e.getKey().text(), e.getKey().why(), e.getValue()))
                .sorted(
                        Comparator.comparingLong(RulePreview.NearMiss::count)
                                .reversed()
                                .thenComparing(RulePreview.NearMiss::text))
                .toList();
    }
}
