package dev.sluice.routing.text;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A word or several, as a person writes them, with the spellings that count as the same.
 *
 * @param text as written; {@code " tree"} is what follows a word, {@code "tree"} what begins a text
 * @param letters which spellings count beside the text's own
 * @param space whether the spellings with and without a space before them both count
 */
public record Phrase(String text, Letters letters, Space space) {
    /** Which letters count as the same. */
    public enum Letters {
        /** All lower case, and Title Case; the published rule. */
        BOTH,
        /** As written. */
        EXACT,
        /** All lower case, Title Case, UPPER CASE, and as written. */
        ALL
    }

    /** What a space before the phrase means. */
    public enum Space {
        /** A phrase written with a space is sought with it, one without is sought without. */
        EXACT,
        /** With and without. */
        BOTH
    }

    /**
     * @throws IllegalArgumentException if the text is blank
     */
    public Phrase {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a phrase needs a word, found '" + text + "'");
        }
    }

    /** The phrase of the published rule: lower and Title Case, spaces as written. */
    public static Phrase of(String text) {
        return new Phrase(text, Letters.BOTH, Space.EXACT);
    }

    /** Every spelling that counts, each once. */
    public List<String> spellings() {
        Set<String> spaced = new LinkedHashSet<>();
        spaced.add(text);
        if (space == Space.BOTH) {
            spaced.add(" " + text.stripLeading());
            spaced.add(text.stripLeading());
        }
        Set<String> all = new LinkedHashSet<>();
        for (String spelling : spaced) {
            if (letters != Letters.EXACT) {
                all.add(spelling.toLowerCase(Locale.ROOT));
                all.add(titleCase(spelling));
            }
            if (letters == Letters.ALL) {
                all.add(spelling.toUpperCase(Locale.ROOT));
            }
            if (letters != Letters.BOTH) {
                all.add(spelling);
            }
        }
        return new ArrayList<>(all);
    }

    /**
     * This phrase in the language of plan files: its text alone where it is the published rule's.
     */
    Object description() {
        return equals(of(text))
                ? text
                : Map.of(
                        "text",
                        text,
                        "letters",
                        letters.name().toLowerCase(Locale.ROOT),
                        "space",
                        space.name().toLowerCase(Locale.ROOT));
    }

    /**
     * The first letter of every run of letters in title case, the others in lower case, so that
     * {@code o'neil} becomes {@code O'Neil} and {@code don't} becomes {@code Don'T}: what the
     * published code does.
     */
    static String titleCase(String text) {
        StringBuilder title = new StringBuilder(text.length());
        boolean within = false;
        for (int at = 0; at < text.length(); ) {
            int letter = text.codePointAt(at);
            at += Character.charCount(letter);
            title.append(
                    within ? Character.toString(letter).toLowerCase(Locale.ROOT) : first(letter));
            within = cased(letter);
        }
        return title.toString();
    }

    private static boolean cased(int letter) {
        return Character.isUpperCase(letter)
                || Character.isLowerCase(letter)
                || Character.isTitleCase(letter);
    }

    /**
     * A letter in title case; one whose capital is two letters, such as ß, keeps the second small.
     */
    private static String first(int letter) {
        int title = Character.toTitleCase(letter);
        String capital = Character.toString(letter).toUpperCase(Locale.ROOT);
        int one = capital.codePointAt(0);
        boolean several = capital.length() > Character.charCount(one);
        return title != letter || !several
                ? Character.toString(title)
                : Character.toString(one)
                        + capital.substring(Character.charCount(one)).toLowerCase(Locale.ROOT);
    }
}
