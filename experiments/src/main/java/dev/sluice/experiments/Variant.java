package dev.sluice.experiments;

import java.util.Map;

/**
 * A named way to run an experiment: settings laid over those of the preset.
 *
 * @param name public and stable
 * @param settings what makes it different
 */
public record Variant(String name, String description, Map<String, String> settings) {
    /** Copies the settings. */
    public Variant {
        settings = Map.copyOf(settings);
    }
}
