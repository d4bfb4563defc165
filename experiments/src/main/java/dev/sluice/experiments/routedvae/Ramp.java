package dev.sluice.experiments.routedvae;

import dev.sluice.experiments.UsageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A weight over a training: {@code from} up to a share of the steps, then in a line to {@code to},
 * which it stays at. As text: a number, or {@code A..B@S-E}, such as {@code -0.05..0.2@0.5-0.7}.
 *
 * @param begin share of the steps at which it begins to move, 0 to 1
 * @param end share of the steps at which it has arrived
 */
record Ramp(double from, double to, double begin, double end) {
    /** What a setting of this kind is, for its description. */
    static final String FORM =
            "; a number, or A..B@S-E: from A to B between these shares of the steps";

    private static final String NUMBER = "([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)";
    private static final Pattern MOVING =
            Pattern.compile(NUMBER + "\\.\\." + NUMBER + "@" + NUMBER + "-" + NUMBER);

    /**
     * Reads a setting.
     *
     * @throws UsageException if it has neither form, or the shares are not in order
     */
    static Ramp of(String key, String text) {
        Matcher moving = MOVING.matcher(text);
        try {
            if (!moving.matches()) {
                double value = Double.parseDouble(text);
                if (Double.isFinite(value)) {
                    return new Ramp(value, value, 0, 0);
                }
            } else {
                double begin = Double.parseDouble(moving.group(3));
                double end = Double.parseDouble(moving.group(4));
                if (begin >= 0 && begin < end && end <= 1) {
                    double from = Double.parseDouble(moving.group(1));
                    return new Ramp(from, Double.parseDouble(moving.group(2)), begin, end);
                }
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException(
                "setting "
                        + key
                        + ": expected a number, or A..B@S-E with 0 <= S < E <= 1, found "
                        + text);
    }

    /** The weight in a step, the first being step 0. */
    double at(long step, long steps) {
        double share = (double) step / steps;
        if (share <= begin && begin < end) {
            return from;
        }
        return share >= end ? to : from + (to - from) * ((share - begin) / (end - begin));
    }
}
