package dev.sluice.data.text.tokens;

/** How documents become rows of tokens. */
public sealed interface Layout {
    /** Tokens of the longest row, the last target included. */
    int length();

    /**
     * Rows filled to the last place: the documents one after the other, each followed by the end of
     * text if the vocabulary has one, cut into rows. The last token of a row is the first of the
     * next, so that every token but the first is predicted exactly once; what does not fill a last
     * row is left out.
     *
     * @param length tokens of a row, at least 2
     */
    record Packed(int length) implements Layout {
        /**
         * @throws IllegalArgumentException if the length is below 2
         */
        public Packed {
            if (length < 2) {
                throw new IllegalArgumentException("expected at least 2 tokens, found " + length);
            }
        }
    }

    /**
     * A row for each document, cut at {@code length} and padded to the longest of its batch.
     * Padding is the end of text (id 0 where there is none), with attention mask 0.
     *
     * @param length most tokens of a row, at least 1
     * @param side where padding goes
     * @param beginning whether the end-of-text token is put before each document; it counts
     */
    record Padded(int length, PaddingSide side, boolean beginning) implements Layout {
        /**
         * @throws IllegalArgumentException if the length is below 1
         */
        public Padded {
            if (length < 1) {
                throw new IllegalArgumentException("expected at least 1 token, found " + length);
            }
        }
    }
}
