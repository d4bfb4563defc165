package dev.sluice.data.text.corpus;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Counts how often certain words occur in a text. Text and words are lowered, divided at white
 * space, and lose every ASCII punctuation mark, also inside a word ({@code don't} equals {@code
 * dont}); then whole words are compared.
 */
public final class TargetWords {
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}\\x1c-\\x1f\\x85]+");
    private static final Pattern MARKS = Pattern.compile("\\p{Punct}");

    private final Set<String> words;

    private TargetWords(Set<String> words) {
        this.words = words;
    }

    /** Counts occurrences of any of {@code words}; white space around them does not matter. */
    public static TargetWords of(Collection<String> words) {
        Set<String> bare = new HashSet<>();
        words.forEach(word -> bare.add(bare(word.strip())));
        return new TargetWords(bare);
    }

    private static String bare(String word) {
        return MARKS.matcher(word.toLowerCase(Locale.ROOT)).replaceAll("");
    }

    /** The number of words in {@code text} that are among the target words. */
    public int count(String text) {
        int count = 0;
        for (String word : SPACE.split(text.toLowerCase(Locale.ROOT), -1)) {
            if (!word.isEmpty() && words.contains(bare(word))) {
                count++;
            }
        }
        return count;
    }
}
