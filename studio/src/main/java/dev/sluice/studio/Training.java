package dev.sluice.studio;

import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.RunView;
import dev.sluice.training.RunFolder;
import io.javalin.http.Context;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One training of a run, as a request names it: its variant (by default the first) and its seed (by
 * default the first).
 *
 * @param run the run's name
 * @param request what the run consists of
 * @param points its variants; those of a sweep each by their full name
 */
record Training(
        String run,
        RunRequest request,
        Experiment experiment,
        List<RunRequest.Point> points,
        RunRequest.Point point,
        long seed) {
    /**
     * The training that the query of a request names.
     *
     * @throws RequestException if there is no such run, variant or seed
     */
    static Training of(RunsFolder folder, Context ctx) {
        String run = ctx.pathParam("run");
        Path path = folder.run(run);
        RunRequest request;
        try (RunFolder opened = RunFolder.openToRead(path)) {
            request = RunView.request(path, opened.manifest());
        }
        Experiment experiment = Catalogue.experiment(request.experiment());
        List<RunRequest.Point> points = request.points(experiment);
        String variant = ctx.queryParam("variant");
        RunRequest.Point point =
                points.stream()
                        .filter(p -> variant == null || p.name().equals(variant))
                        .findFirst()
                        .orElseThrow(() -> missing(run, "variant " + variant));
        String seed = ctx.queryParam("seed");
        long chosen =
                request.seeds().stream()
                        .filter(s -> seed == null || Long.toString(s).equals(seed))
                        .findFirst()
                        .orElseThrow(() -> missing(run, "seed " + seed));
        return new Training(run, request, experiment, points, point, chosen);
    }

    private static RequestException missing(String run, String what) {
        return RequestException.missing("run " + run + " has no " + what);
    }

    /** The names of all variants. */
    List<String> variants() {
        return points.stream().map(RunRequest.Point::name).toList();
    }

    /** A name for this training among all. */
    String key() {
        return run + "\n" + point.name() + "\n" + seed;
    }

    /** The file with the final weights, if they are there. */
    Optional<Path> weights(RunsFolder folder) {
        String own = "models/" + point.name() + "-" + seed + ".safetensors";
        boolean first = point.equals(points.get(0)) && seed == request.seeds().get(0);
        Path home = folder.run(run);
        String file = Files.exists(home.resolve(own)) ? own : first ? "model.safetensors" : "";
        return file.isEmpty() || !Files.exists(home.resolve(file))
                ? Optional.empty()
                : Optional.of(folder.file(run, file));
    }
}
