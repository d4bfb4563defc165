package dev.sluice.data.text.generated;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A sentence with gaps, such as {@code The {noun} slept.} */
record Template(String text) {
    private static final Pattern GAP = Pattern.compile("\\{(\\w+)}");

    static List<Template> list(String lines) {
        return lines.lines().filter(l -> !l.isBlank()).map(Template::new).toList();
    }

    /** The sentence with each gap filled. */
    String filled(Map<String, String> words) {
        return GAP.matcher(text)
                .replaceAll(gap -> Matcher.quoteReplacement(word(gap.group(1), words)));
    }

    private static String word(String gap, Map<String, String> words) {
        String word = words.get(gap);
        if (word == null) {
            throw new IllegalStateException("no word for {" + gap + "}");
        }
        return word;
    }

    /** Sentences in which every word that can stand in a gap stands there once. */
    List<String> all(Map<String, ? extends Set<String>> choices) {
        List<String> sentences = new ArrayList<>();
        int longest = choices.values().stream().mapToInt(Set::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            int turn = i;
            sentences.add(
                    GAP.matcher(text)
                            .replaceAll(
                                    gap -> {
                                        List<String> words = List.copyOf(choices.get(gap.group(1)));
                                        return words.get(turn % words.size());
                                    }));
        }
        return sentences;
    }
}
