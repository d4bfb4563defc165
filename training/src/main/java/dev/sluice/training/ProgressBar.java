package dev.sluice.training;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Shows how far a piece of work is: on a terminal a bar that is redrawn in place, with rate and
 * time left; elsewhere a line about every ten seconds. Use one for each piece (a variant and seed),
 * and {@link #say} for messages in between. Not safe for use by several threads but for {@code
 * say}.
 *
 * <p>With {@code NO_COLOR} set there are no colours, and with {@code quiet} nothing at all but
 * messages. The rate is over the steps since the bar began, so work done before a resume does not
 * count.
 */
public final class ProgressBar implements AutoCloseable {
    private static final int CELLS = 24;
    private static final int WIDTH = 79;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;
    private static final String COLOUR = "\u001b[36m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final Style style;
    private final LongSupplier nanoTime;
    private final String title;
    private final long total;
    private final long begun;
    private final long first;
    private long shownAt;
    private long shownDone;
    private long done;
    private String note = "";
    private int drawn;

    /** How progress is shown, by what it is written to. */
    public enum Style {
        /** Not at all. */
        QUIET,
        /** A line now and then. */
        LINES,
        /** A bar redrawn in place. */
        BAR,
        /** A bar with colours. */
        COLOURED_BAR;

        /** The style for standard error in {@code environment}. */
        public static Style of(boolean terminal, boolean quiet, Map<String, String> environment) {
            if (quiet) {
                return QUIET;
            }
            if (!terminal || "dumb".equals(environment.get("TERM"))) {
                return LINES;
            }
            return environment.getOrDefault("NO_COLOR", "").isEmpty() ? COLOURED_BAR : BAR;
        }
    }

    /**
     * Begins at {@code done} of {@code total} steps (0 unless resumed).
     *
     * @throws IllegalArgumentException unless 0 ≤ done ≤ total and total is positive
     */
    public ProgressBar(PrintStream out, Style style, String title, long done, long total) {
        this(out, style, title, done, total, System::nanoTime);
    }

    ProgressBar(
            PrintStream out,
            Style style,
            String title,
            long done,
            long total,
            LongSupplier nanoTime) {
        if (done < 0 || total < 1 || done > total) {
            throw new IllegalArgumentException(
                    "progress: expected 0 ≤ done ≤ total, found " + done + " of " + total);
        }
        this.out = out;
        this.style = style;
        this.title = title;
        this.total = total;
        this.nanoTime = nanoTime;
        this.first = done;
        this.done = done;
        this.begun = nanoTime.getAsLong();
        this.shownAt = begun;
        this.shownDone = -1;
    }

    /** Now {@code done} steps are done; {@code note} is a few words such as the loss. */
    public synchronized void update(long done, String note) {
        this.done = Math.min(done, total);
        this.note = note;
        long now = nanoTime.getAsLong();
        long wait = style == Style.LINES ? LINE_NANOS : REDRAW_NANOS;
        if (style != Style.QUIET && now - shownAt >= wait) {
            show(now);
        }
    }

    /** Prints a line of its own above the bar; also when quiet. */
    public synchronized void say(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    /** Shows where it ended and leaves that standing. */
    @Override
    public synchronized void close() {
        if (style == Style.QUIET) {
            return;
        }
        if (style != Style.LINES || shownDone != done) {
            show(nanoTime.getAsLong());
        }
        if (style != Style.LINES) {
            out.println();
            out.flush();
            drawn = 0;
        }
    }

    private void show(long now) {
        shownAt = now;
        shownDone = done;
        String text = text((now - begun) / 1e9);
        if (style == Style.LINES) {
            out.println(text);
        } else {
            int filled = (int) (CELLS * done / total);
            String bar = "#".repeat(filled);
            String coloured = style == Style.COLOURED_BAR ? COLOUR + bar + PLAIN : bar;
            String rest = cut(text, WIDTH - CELLS - 3);
            String line = "[" + coloured + ".".repeat(CELLS - filled) + "] " + rest;
            int width = CELLS + 3 + rest.length();
            out.print("\r" + line + " ".repeat(Math.max(0, drawn - width)));
            drawn = width;
        }
        out.flush();
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            drawn = 0;
        }
    }

    private String text(double seconds) {
        StringBuilder text = new StringBuilder(title);
        text.append(String.format(Locale.ROOT, " %d/%d", done, total));
        double rate = seconds > 0 ? (done - first) / seconds : 0;
        if (rate > 0) {
            text.append(String.format(Locale.ROOT, ", %s steps/s", digits(rate)));
            if (done < total) {
                text.append(", ").append(clock((total - done) / rate)).append(" left");
            } else {
                text.append(", took ").append(clock(seconds));
            }
        }
        return note.isEmpty() ? text.toString() : text + ", " + note;
    }

    private static String digits(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.2f" : rate < 100 ? "%.1f" : "%.0f", rate);
    }

    private static String clock(double seconds) {
        long s = Math.round(seconds);
        return s < 3600
                ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width);
    }
}
