package dev.sluice.experiments;

/**
 * A number that an experiment reports.
 *
 * @param name public name; {@code {…}} lists alternatives
 * @param unit what it is measured in
 */
public record Metric(String name, String unit, String description) {}
