package dev.sluice.data.text.corpus;

/**
 * How to find the documents in files of text.
 *
 * @param kind what the files hold
 * @param separator what stands between two documents of plain text; empty: a file is one document
 * @param textField the field of a JSON line that holds the text
 * @param labelField the field of a JSON line that holds the label, if it is there: a text, a number
 *     or true or false
 */
public record TextFormat(Kind kind, String separator, String textField, String labelField) {
    /** What files hold. */
    public enum Kind {
        /** JSON lines where the name ends with .jsonl or .ndjson (and .gz), else plain text. */
        BY_NAME,
        /** Plain text: documents between separators, without white space around them. */
        PLAIN,
        /** One JSON object a line. */
        JSON_LINES
    }

    /**
     * By name, documents separated by {@code <|endoftext|>}, JSON fields {@code text} and {@code
     * label}.
     */
    public static TextFormat standard() {
        return new TextFormat(Kind.BY_NAME, "<|endoftext|>", "text", "label");
    }

    /**
     * The same with another separator of plain text, as a person writes it: {@code \\n} is a line
     * break, and {@code none} or nothing says that a file is one document.
     */
    public TextFormat withSeparator(String said) {
        String other = said.equals("none") ? "" : said.replace("\\n", "\n");
        return new TextFormat(kind, other, textField, labelField);
    }

    /** The same with other names of JSON fields. */
    public TextFormat withFields(String text, String label) {
        return new TextFormat(kind, separator, text, label);
    }

    /** Whether a file of this name holds JSON lines. */
    boolean isJsonLines(String fileName) {
        String name =
                fileName.endsWith(".gz") ? fileName.substring(0, fileName.length() - 3) : fileName;
        return switch (kind) {
            case JSON_LINES -> true;
            case PLAIN -> false;
            case BY_NAME -> name.endsWith(".jsonl") || name.endsWith(".ndjson");
        };
    }
}
