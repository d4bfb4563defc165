package dev.sluice.experiments;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * One knob of an experiment: its key for {@code --set}, its kind, and what it means. Forms and help
 * texts are made from it.
 *
 * @param range for numbers: smallest and largest value allowed; for choices: the choices; for
 *     places: the words that are none
 */
public record Setting(String key, Kind kind, String description, List<String> range) {
    /** What values look like. */
    public enum Kind {
        /** A whole number. */
        INTEGER,
        /** A number. */
        REAL,
        /** One of a few words. */
        CHOICE,
        /** Free text with a syntax of its own, told in the description. */
        TEXT,
        /** A file or folder, or one of a few words. */
        PLACE
    }

    /** Copies the range. */
    public Setting {
        range = List.copyOf(range);
    }

    /** A whole number between two bounds. */
    public static Setting integer(String key, long low, long high, String description) {
        return new Setting(
                key, Kind.INTEGER, description, List.of(Long.toString(low), Long.toString(high)));
    }

    /** A number between two bounds. */
    public static Setting real(String key, double low, double high, String description) {
        return new Setting(key, Kind.REAL, description, List.of(text(low), text(high)));
    }

    private static String text(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    /** One of a few words. */
    public static Setting choice(String key, String description, String... choices) {
        return new Setting(key, Kind.CHOICE, description, List.of(choices));
    }

    /** Text in a form that the description tells. */
    public static Setting text(String key, String description) {
        return new Setting(key, Kind.TEXT, description, List.of());
    }

    /** A file or folder, or one of a few words that are none. */
    public static Setting place(String key, String description, String... words) {
        return new Setting(key, Kind.PLACE, description, List.of(words));
    }

    /**
     * A value that means the same in whatever folder a run is resumed.
     *
     * @throws UsageException if it can be no place on this system
     */
    public String inFull(String value) {
        if (kind != Kind.PLACE || range.contains(value) || value.isBlank()) {
            return value;
        }
        try {
            return Path.of(value).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw new UsageException(
                    "setting " + key + ": expected " + expected() + ", found '" + value + "'");
        }
    }

    /**
     * Refuses values of another kind or out of range.
     *
     * @throws UsageException saying what was expected and found
     */
    public void check(String value) {
        boolean fits =
                switch (kind) {
                    case INTEGER ->
                            value.matches("-?\\d{1,15}") && within(Double.parseDouble(value));
                    case REAL -> number(value) && within(Double.parseDouble(value));
                    case CHOICE -> range.contains(value);
                    case TEXT, PLACE -> !value.isBlank();
                };
        if (!fits) {
            throw new UsageException(
                    "setting " + key + ": expected " + expected() + ", found '" + value + "'");
        }
    }

    /** The same text for values that mean the same, such as 1e-3 and 0.001. */
    String meaning(String value) {
        return kind == Kind.INTEGER || kind == Kind.REAL
                ? Double.toString(Double.parseDouble(value))
                : value;
    }

    private static boolean number(String value) {
        return value.matches("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    }

    private boolean within(double v) {
        return v >= Double.parseDouble(range.get(0)) && v <= Double.parseDouble(range.get(1));
    }

    /** What values are allowed, in words. */
    public String expected() {
        return switch (kind) {
            case INTEGER -> "a whole number from " + range.get(0) + " to " + range.get(1);
            case REAL -> "a number from " + range.get(0) + " to " + range.get(1);
            case CHOICE -> "one of " + String.join(", ", range);
            case TEXT, PLACE -> description;
        };
    }
}
