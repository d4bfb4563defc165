package dev.sluice.studio;

import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.Experiment.View;
import dev.sluice.experiments.RunView;
import dev.sluice.training.RunManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What pages may offer of a run, so that no button leads to a refusal: its latents once they are
 * there, the rules that can be drawn, and going on where that can succeed.
 */
final class RunOffers {
    private static final Set<String> UNFINISHED = Set.of("stopped", "interrupted", "failed");

    private final Map<String, Experiment> experiments =
            Catalogue.experiments().stream()
                    .collect(Collectors.toMap(Experiment::name, Function.identity()));

    /**
     * What is offered, by name.
     *
     * @param status as {@link RunEntry} has it
     * @param hindered whether there is a {@link #hindrance}
     */
    List<String> of(RunManifest manifest, String status, boolean hindered) {
        Experiment experiment = experiments.get(manifest.experiment());
        if (experiment == null) {
            return List.of();
        }
        List<String> offers = new ArrayList<>();
        if (experiment.views().contains(View.CODE) && status.equals("complete")) {
            offers.add("latents");
        }
        if (experiment.views().contains(View.PLAN)) {
            offers.add("rules");
        }
        if (UNFINISHED.contains(status) && !hindered) {
            offers.add("resume");
        }
        return offers;
    }

    /** Why a run that is not finished cannot go on; empty if it can, or is finished. */
    Optional<String> hindrance(Path run, RunManifest manifest, String status) {
        if (!UNFINISHED.contains(status)) {
            return Optional.empty();
        }
        Experiment experiment = experiments.get(manifest.experiment());
        return experiment != null && whole(run, manifest, experiment)
                ? Optional.empty()
                : Optional.of("It cannot go on: what it was to do cannot be read from its folder.");
    }

    private static boolean whole(Path run, RunManifest manifest, Experiment experiment) {
        try {
            return !RunView.request(run, manifest).points(experiment).isEmpty();
        } catch (RuntimeException e) {
            // Whatever is wrong with it, a process that resumes it would stumble as well.
            return false;
        }
    }
}
