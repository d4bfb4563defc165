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

    /** All values. */
    public Map<String, String> values() {
        return Map.copyOf(values);
    }

    /** All values in declared order. */
    public Map<String, String> ordered() {
        return new LinkedHashMap<>(values);
    }
}
