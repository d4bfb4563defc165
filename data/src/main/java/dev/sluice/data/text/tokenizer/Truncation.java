package dev.sluice.data.text.tokenizer;

import java.util.Arrays;
import java.util.List;

/** Cuts texts to a length: by characters, by tokens, or by the characters that tokens take. */
public final class Truncation {
    private Truncation() {}

    /**
     * The first {@code count} characters (code points, not UTF-16 units) of {@code text}, or all.
     *
     * @throws IllegalArgumentException if {@code count} is negative
     */
    public static String characters(String text, int count) {
        requireCount(count);
        return text.codePointCount(0, text.length()) <= count
                ? text
                : text.substring(0, text.offsetByCodePoints(0, count));
    }

    /**
     * The text of the first {@code count} tokens, or all; a cut inside a character leaves U+FFFD.
     *
     * @throws IllegalArgumentException if {@code count} is negative
     */
    public static String tokens(Tokenizer tokenizer, String text, int count) {
        requireCount(count);
        int[] ids = tokenizer.encode(text);
        return ids.length <= count ? text : tokenizer.decode(Arrays.copyOf(ids, count));
    }

    /**
     * How many characters make about {@code tokens} tokens: the least-squares line tokens = a + b ·
     * characters through {@code sample}, solved for characters, rounded towards zero. Cut with
     * {@link #characters} at this number, plus a reserve if wanted: nothing is tokenized twice.
     *
     * @throws IllegalArgumentException if the sample has fewer than two lengths
     */
    public static int charactersFor(Tokenizer tokenizer, List<String> sample, int tokens) {
        int n = sample.size();
        double[] x = new double[n];
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = sample.get(i).codePointCount(0, sample.get(i).length());
            y[i] = tokenizer.encode(sample.get(i)).length;
        }
        double meanX = Arrays.stream(x).average().orElse(0);
        double meanY = Arrays.stream(y).average().orElse(0);
        double products = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            products += (x[i] - meanX) * (y[i] - meanY);
            squares += (x[i] - meanX) * (x[i] - meanX);
        }
        if (squares == 0 || products <= 0) {
            throw new IllegalArgumentException(
                    "expected a sample of texts with more tokens the longer they are, found " + n);
        }
        double slope = products / squares;
        return (int) ((tokens - (meanY - slope * meanX)) / slope);
    }

    private static void requireCount(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("expected a length of 0 or more, found " + count);
        }
    }
}
