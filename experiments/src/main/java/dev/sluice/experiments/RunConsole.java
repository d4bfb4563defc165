package dev.sluice.experiments;

import dev.sluice.data.TrainingData;
import dev.sluice.engine.DType;
import dev.sluice.training.ProgressBar;
import dev.sluice.training.Trial;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a run says while it works, on standard error. */
public final class RunConsole {
    private final PrintStream out;
    private final ProgressBar.Style style;

    /** Talks to {@code out} in this style. */
    public RunConsole(PrintStream out, ProgressBar.Style style) {
        this.out = out;
        this.style = style;
    }

    /** A line, unless quiet. */
    public void say(String line) {
        if (style != ProgressBar.Style.QUIET) {
            out.println(line);
        }
    }

    ProgressBar bar(String title, long done, long total) {
        return new ProgressBar(out, style, title, done, total);
    }

    /** A line above the bar, unless quiet. */
    void notice(ProgressBar bar, Optional<String> line) {
        if (style != ProgressBar.Style.QUIET) {
            line.ifPresent(bar::say);
        }
    }

    /** What the run will need, before its first step. */
    void cost(Trial trial, int trials, int abreast, TrainingData data) {
        long parameters = trial.model().parameterCount();
        DType dtype = trial.model().parameters().values().iterator().next().value().dtype();
        double state = 4.0 * parameters * dtype.bytes() / 1e6;
        double values = (double) data.values() * dtype.bytes() / 1e6;
        double disk = (3.0 * 3 + trials) * parameters * dtype.bytes() / 1e6;
        say(
                String.format(
                        Locale.ROOT,
                        "%d training%s of %,d steps, %,d parameters; memory about %,.0f MB,"
                                + " disk about %,.0f MB; time left shows after the first steps",
                        trials,
                        trials == 1 ? "" : "s",
                        trial.steps(),
                        parameters,
                        abreast * (state + values) + 400,
                        disk));
    }

    static Optional<String> loss(Map<String, Double> scalars) {
        return Optional.ofNullable(scalars.get("loss"))
                .map(loss -> String.format(Locale.ROOT, "loss %.4f", loss));
    }
}
