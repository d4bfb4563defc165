package dev.sluice.cli;

import dev.sluice.data.ProgressListener;
import dev.sluice.experiments.RunConsole;
import dev.sluice.training.ProgressBar;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How much is said, and what standard output carries. */
final class OutputOptions {
    @Option(names = "--json", description = "print the run's summary.json, nothing else")
    private boolean json;

    @Option(names = "--quiet", description = "no progress and no messages")
    private boolean quiet;

    boolean json() {
        return json;
    }

    boolean quiet() {
        return quiet;
    }

    void say(String line) {
        if (!quiet) {
            System.err.println(line);
        }
    }

    RunConsole console() {
        boolean terminal = System.console() != null && System.getenv("TERM") != null;
        return new RunConsole(
                System.err, ProgressBar.Style.of(terminal, quiet, System.getenv()));
    }

    ProgressListener downloads() {
        return new ProgressListener() {
            private long shown;

            @Override
            public void progress(String what, long done, long total) {
                if (done == total || done - shown > 4_000_000) {
                    shown = done == total ? 0 : done;
                    say(
                            String.format(
                                    Locale.ROOT,
                                    "  %s: %.1f of %.1f MB",
                                    what,
                                    done / 1e6,
                                    total / 1e6));
                }
            }

            @Override
            public void note(String line) {
                say(line);
            }
        };
    }
}
