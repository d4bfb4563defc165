package dev.sluice.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice resume}. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Go on with a run that was stopped or killed, to the bytes it would have had.",
            "A finished run says so."
        },
        footer = {
            "",
            "Examples:",
            "  sluice resume runs/split-digits-20260101-120000-3f2a",
            "  sluice resume runs/split-digits-20260101-120000-3f2a --json"
        })
final class ResumeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "a run folder")
    private Path run = Path.of("");

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        return RunSession.resume(run, output);
    }
}
