package dev.sluice.data.text.corpus;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Documents between separators. What is longer than {@link #LONGEST} is divided. */
final class PlainText implements FileDocuments.Entries {
    static final int LONGEST = 1 << 24;

    private final Utf8Source source;
    private final String separator;
    private final StringBuilder text = new StringBuilder();
    private int start;
    private int searched;
    private boolean atEnd;

    PlainText(Utf8Source source, String separator) {
        this.source = source;
        this.separator = separator;
    }

    @Override
    public FileDocuments.@Nullable Entry next() {
        while (true) {
            String piece = piece();
            if (piece == null) {
                return null;
            }
            if (!piece.isBlank()) {
                return new FileDocuments.Entry(piece.strip(), Optional.empty());
            }
        }
    }

    /** The text up to the next separator; null at the end. */
    private @Nullable String piece() {
        while (true) {
            int end = separator.isEmpty() ? -1 : text.indexOf(separator, searched);
            if (end >= 0 && end - start <= LONGEST) {
                return take(end, end + separator.length());
            }
            if (text.length() - start > LONGEST) {
                int cut = breakBefore(start + LONGEST);
                return take(cut, cut);
            }
            text.delete(0, start);
            start = 0;
            searched = Math.max(0, text.length() - separator.length() + 1);
            if (atEnd) {
                return text.isEmpty() ? null : take(text.length(), text.length());
            }
            atEnd = !source.read(text);
        }
    }

    private int breakBefore(int limit) {
        int line = text.lastIndexOf("\n", limit - 1);
        if (line > start) {
            return line;
        }
        return Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }

    private String take(int end, int next) {
        String piece = text.substring(start, end);
        start = next;
        searched = next;
        return piece;
    }
}
