package dev.sluice.cli;

import dev.sluice.experiments.RunConsole;
import dev.sluice.training.ProgressBar;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much a run says, and what standard output carries. */
final class OutputOptions {
    @Option(
            names = "--json",
            description = "print one JSON document and nothing else; of a run, its summary.json")
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
        return new RunConsole(
                System.err,
                ProgressBar.Style.of(Terminal.ERROR.there(), messages.quiet(), System.getenv()));
    }
}
