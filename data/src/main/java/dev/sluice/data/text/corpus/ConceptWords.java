package dev.sluice.data.text.corpus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells texts about a concept from others by whole words, whatever their case: {@code tree} is
 * found in "A TREE!" and "tree-lined", not in "treetop" or "trees". Letters, digits and the
 * underscore of any script make words.
 */
public final class ConceptWords {
    private static final String WORD = "[\\p{L}\\p{N}_]";
    private static final String EDGE =
            "(?:(?<=" + WORD + ")(?!" + WORD + ")|(?<!" + WORD + ")(?=" + WORD + "))";

    private final Pattern pattern;

    private ConceptWords(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Looks for any of {@code words}; each may be several words with spaces between.
     *
     * @throws IllegalArgumentException if there is none, or one is empty or begins or ends with
     *     white space
     */
    public static ConceptWords of(Collection<String> words) {
        for (String word : words) {
            if (word.isEmpty() || !word.strip().equals(word)) {
                throw new IllegalArgumentException(
                        "\"" + word + "\": expected a word without spaces around it");
            }
        }
        if (words.isEmpty()) {
            throw new IllegalArgumentException("expected at least one word, found none");
        }
        String any = words.stream().map(Pattern::quote).collect(Collectors.joining("|"));
        return new ConceptWords(
                Pattern.compile(
                        EDGE + "(?:" + any + ")" + EDGE,
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
    }

    /** Whether one of the words stands in {@code text}. */
    public boolean in(String text) {
        return pattern.matcher(text).find();
    }

    /** The texts with one of the words and those without, each in their order. */
    public Division divide(List<String> texts) {
        List<String> forget = new ArrayList<>();
        List<String> retain = new ArrayList<>();
        texts.forEach(text -> (in(text) ? forget : retain).add(text));
        return new Division(List.copyOf(forget), List.copyOf(retain));
    }

    /**
     * Two parts of a list of texts.
     *
     * @param forget those about the concept
     * @param retain the others
     */
    public record Division(List<String> forget, List<String> retain) {}
}
