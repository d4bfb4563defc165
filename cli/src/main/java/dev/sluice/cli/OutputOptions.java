package dev.sluice.cli;

import dev.sluice.experiments.RunConsole;
import dev.sluice.training.ProgressBar;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much a run says, and what standard output carries. */
final class OutputOptions {
    @Option(names = "--json", description = "print the run's summary.json, nothing else")
    private boolean json;

    @Mixin private QuietOption messages = new QuietOption();

    boolean json() {
        return json;
    }

    QuietOption messages() {
        return messages;
    }

    void say(String line) {
        messages.say(line);
    }

    RunConsole console() {
        boolean terminal = System.console() != null && System.getenv("TERM") != null;
        return new RunConsole(
                System.err, ProgressBar.Style.of(terminal, messages.quiet(), System.getenv()));
    }
}
