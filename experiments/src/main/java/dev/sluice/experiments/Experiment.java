package dev.sluice.experiments;

import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import dev.sluice.training.Trial;
import java.util.List;
import java.util.Map;

/**
 * Something that can be run by name. Implement it, name the class in {@code
 * META-INF/services/dev.sluice.experiments.Experiment}, and the command line finds it.
 */
public interface Experiment {
    /** The name on the command line. */
    String name();

    /** One sentence. */
    String description();

    /** The knobs, in the order they are shown. */
    List<Setting> settings();

    /**
     * The settings of a preset: {@code smoke}, {@code quick} or {@code paper}; every key has a
     * value.
     */
    Map<String, String> preset(String preset);

    /**
     * Refuses settings whose values are allowed one by one but not together; nothing is refused
     * unless an experiment says so. Called before a run's folder exists.
     *
     * @throws UsageException saying which, and what was expected
     */
    default void check(Settings settings) {}

    /** The variants; the first is the headline. */
    List<Variant> variants();

    /** The name of the variant that the headline is compared with. */
    String control();

    /** The numbers it reports. */
    List<Metric> metrics();

    /** Starts a trial from the beginning. */
    Trial open(TrialRequest request);

    /** The run's main table: for the terminal, CSV and LaTeX. */
    Table table(RunView run);

    /** Draws the run's page from what the run folder holds. */
    void report(RunView run, HtmlReport page);
}
