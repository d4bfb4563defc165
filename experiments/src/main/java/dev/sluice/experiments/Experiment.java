package dev.sluice.experiments;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import dev.sluice.routing.Reach;
import dev.sluice.training.Trial;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be run by name. Implement it, name the class in {@code
 * META-INF/services/dev.sluice.experiments.Experiment}, and the command line finds it.
 */
public interface Experiment {
    /** What can be shown of a run besides its numbers. */
    enum View {
        /** The code of its {@link #model}, unit by unit. */
        CODE,
        /** Its {@link #pictures} over images, with {@link #verify} and {@link #reach}. */
        PLAN
    }

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
     * Refuses settings that fit one by one and not together, before a run begins.
     *
     * @throws UsageException saying what was expected and found
     */
    default void check(Settings settings) {}

    /**
     * Refuses to begin a training that would read a file which is not there, before its run folder
     * is made.
     *
     * @throws RuntimeException that of whoever would read it
     */
    default void requireFiles(Settings settings) {}

    /** The variants; the first is the headline. */
    List<Variant> variants();

    /** The name of the variant that the headline is compared with. */
    String control();

    /** The numbers it reports. */
    List<Metric> metrics();

    /** What it is trained on. */
    default DataKind dataKind() {
        return DataKind.images();
    }

    /**
     * What can be shown of its runs; the studio offers no other pages of them. An experiment with
     * an {@code Exportable} {@link #model} names {@link View#CODE}, one with {@link #pictures}
     * {@link View#PLAN}.
     */
    default Set<View> views() {
        return Set.of();
    }

    /** Starts a trial from the beginning. */
    Trial open(TrialRequest request);

    /**
     * The headline's training with each mechanism of routing in place of its own, by name, for
     * timings beside the control. An experiment that is not timed leaves this as it is.
     */
    default Map<String, Function<TrialRequest, Trial>> mechanisms() {
        return Map.of();
    }

    /**
     * Further speeds that matter to its users, by the names that {@code sluice bench --json} gives
     * them, in megabytes a second; measured when asked.
     */
    default Map<String, Double> rates(TrialRequest request, Trial trial) {
        return Map.of();
    }

    /**
     * Tries what the plans of a trial claim, on its own data. An experiment whose plans claim
     * nothing leaves this as it is.
     *
     * @param weights the weights to try it with, by parameter; null: as a fresh trial has them
     * @throws dev.sluice.engine.TensorException if the weights are of another model
     */
    default List<AtStep<Verification>> verify(
            TrialRequest request, @Nullable Map<String, Tensor> weights) {
        return List.of(new AtStep<>(AtStep.EVERY, 1, Verification.NOTHING_CLAIMED));
    }

    /**
     * The model of a training with these weights, in f32, for export and for pages that compute
     * with it; the caller closes it. An experiment without a model for that leaves this as it is.
     *
     * @return null if there is none
     * @throws dev.sluice.engine.TensorException if the weights are of another model
     */
    default @Nullable Layer model(Settings settings, Map<String, Tensor> weights) {
        return null;
    }

    /**
     * What the plans of a trial do, on its own data, to be drawn; empty where that is not told.
     *
     * @param weights as for {@link #verify}
     * @throws dev.sluice.engine.TensorException if the weights are of another model
     */
    default List<AtStep<PlanPicture>> pictures(
            TrialRequest request, @Nullable Map<String, Tensor> weights) {
        return List.of();
    }

    /**
     * Which parameters each class of the images of {@link #pictures} touches, found by trying,
     * which takes a while; no path where a plan routes nothing.
     *
     * @param weights as for {@link #verify}
     * @throws dev.sluice.engine.TensorException if the weights are of another model
     */
    default List<AtStep<Reach>> reach(TrialRequest request, @Nullable Map<String, Tensor> weights) {
        return List.of();
    }

    /** The run's main table: for the terminal, CSV and LaTeX. */
    Table table(RunView run);

    /**
     * Further tables by file name, ending in {@code .csv} or {@code .tex}, written beside the main
     * one: raw rows for one's own statistics, or a table in the form of a paper's.
     */
    default Map<String, Table> tables(RunView run) {
        return Map.of();
    }

    /** Draws the run's page from what the run folder holds. */
    void report(RunView run, HtmlReport page);
}
