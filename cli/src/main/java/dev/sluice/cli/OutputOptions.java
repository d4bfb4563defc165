package dev.sluice.cli;

import dev.sluice.experiments.RunConsole;
import dev.sluice.training.ProgressBar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                ProgressBar.Style.of(errorIsTerminal(), messages.quiet(), System.getenv()));
    }

    /**
     * Java tells only whether both standard input and output are one, and newer Javas not even
     * that.
     */
    private static boolean errorIsTerminal() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }
}
