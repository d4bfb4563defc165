package dev.sluice.cli;

import dev.sluice.data.ProgressListener;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Messages on standard error, unless the user wants none. */
final class QuietOption {
    @Option(names = "--quiet", description = "no progress and no messages")
    private boolean quiet;

    boolean quiet() {
        return quiet;
    }

    void say(String line) {
        if (!quiet) {
            System.err.println(line);
        }
    }

    /** Tells how a download goes, every few megabytes. */
    ProgressListener downloads() {
        return new ProgressListener() {
            private long shown;

            @Override
            public void progress(String what, long done, long total) {
                if (done == total || done - shown > 4_000_000) {
                    shown = done == total ? 0 : done;
                    boolean small = total < 1_000_000;
                    double unit = small ? 1e3 : 1e6;
                    say(
                            String.format(
                                    Locale.ROOT,
                                    "  %s: %.1f of %.1f %s",
                                    what,
                                    done / unit,
                                    total / unit,
                                    small ? "kB" : "MB"));
                }
            }

            @Override
            public void note(String line) {
                say(line);
            }
        };
    }
}
