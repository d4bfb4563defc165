package dev.sluice.experiments;

import dev.sluice.engine.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checked values of an experiment's settings, in the order the experiment declares them. */
public final class Settings {
    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Lays maps over each other, later ones winning, and checks the result.
     *
     * @throws UsageException for an unknown key, with the nearest names, or a value that does not
     *     fit
     */
    @SafeVarargs
    public static Settings of(List<Setting> declared, Map<String, String>... layers) {
        Map<String, Setting> byKey = new LinkedHashMap<>();
        declared.forEach(s -> byKey.put(s.key(), s));
        Map<String, String> given = new LinkedHashMap<>();
        for (Map<String, String> layer : layers) {
            layer.forEach(
                    (key, value) -> {
                        Setting setting = byKey.get(key);
                        if (setting == null) {
                            throw new UsageException(Names.unknown("setting", key, byKey.keySet()));
                        }
                        setting.check(value);
                        given.put(key, value);
                    });
        }
        Map<String, String> ordered = new LinkedHashMap<>();
        for (Setting s : declared) {
            String value = given.get(s.key());
            if (value == null) {
                throw new UsageException("setting " + s.key() + " has no value");
            }
            ordered.put(s.key(), value);
        }
        return new Settings(ordered);
    }

    /** The value as text. */
    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new UsageException(Names.unknown("setting", key, values.keySet()));
        }
        return value;
    }

    /** The value as a whole number. */
    public int integer(String key) {
        return Integer.parseInt(text(key));
    }

    /** The value as a number. */
    public double real(String key) {
        return Double.parseDouble(text(key));
    }

    /**
     * The value as two sizes: {@code 2048x512}, or one number for both.
     *
     * @throws UsageException if it is neither
     */
    public int[] sizes(String key) {
        String text = text(key);
        if (!text.matches("[1-9]\\d{0,4}(x[1-9]\\d{0,4})?")) {
            throw new UsageException(
                    "setting "
                            + key
                            + ": expected two numbers as 2048x512 or one, found '"
                            + text
                            + "'");
        }
        String[] parts = text.split("x", -1);
        return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[parts.length - 1])};
    }

    /** All values. */
    public Map<String, String> values() {
        return Map.copyOf(values);
    }

    /** All values in declared order. */
    public Map<String, String> ordered() {
        return new LinkedHashMap<>(values);
    }
}
