package dev.sluice.cli;

import dev.sluice.data.TrainingData;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.RunVerifier;
import dev.sluice.experiments.RunView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Try what the plans of a run claim; exit code 5 when a region leaks.",
            "Other data in place of a class must leave every bit of the claimed region's",
            "gradient as it was. A finished run is tried with its weights and data, a run",
            "configuration as it would start. Where the plan changes on the way, the plans",
            "of the first and of the last step are tried. Paths outside the claims are",
            "shown, and are no fault."
        },
        footer = {
            "",
            "Examples:",
            "  sluice verify runs/split-digits-20260101-120000-3f2a",
            "  sluice verify my-run.yaml"
        })
final class VerifyCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "RUN|CONFIG.yaml",
            description =
                    "a run folder, or a file as for `sluice run --config` that names its experiment")
    private Path what = Path.of("");

    @Mixin private QuietOption output = new QuietOption();

    @Override
    public Integer call() {
        List<RunVerifier.Result> results = Files.isRegularFile(what) ? fresh() : finished();
        results.forEach(r -> System.out.print(r.text()));
        return results.stream().anyMatch(RunVerifier.Result::leaks)
                ? ExitCodes.CHECK_FAILED
                : ExitCodes.OK;
    }

    private List<RunVerifier.Result> fresh() {
        RunConfig config = RunConfigFile.read(what, null);
        RunRequest request =
                config.request(Catalogue.experiment("" + config.experiment()), output::say);
        return new RunVerifier(request, RunSession.data(request, output)).fresh();
    }

    private List<RunVerifier.Result> finished() {
        RunView run = RunView.read(what);
        RunRequest request = run.request();
        TrainingData data = RunSession.sameData(request, run.manifest(), what, output);
        return new RunVerifier(request, data).finished(run);
    }
}
