package dev.sluice.engine.testing;

import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Compares tensors with reference numbers, collects every mismatch, and fails at the end: at
 * mismatches, and at having compared nothing.
 */
public final class GoldenCheck {
    private static final int SHOWN = 40;

    private final String subject;
    private final List<String> mismatches = new ArrayList<>();
    private int cases;
    private int tensors;
    private double worst;
    private String worstName = "";

    /** A check whose report starts with {@code subject}. */
    public GoldenCheck(String subject) {
        this.subject = subject;
    }

    /** Counts a case that was found. */
    public void startCase() {
        cases++;
    }

    /**
     * Holds |actual − expected| ≤ relative · (largest finite |expected|) + absolute at every
     * element, with the same shape, and infinities and NaN at the same places.
     */
    public void compare(
            String name, Tensor expected, Tensor actual, double relative, double absolute) {
        tensors++;
        if (!Arrays.equals(expected.shape(), actual.shape())) {
            mismatches.add(name + ": expected shape of " + expected + ", found " + actual);
            return;
        }
        compare(name, expected.toDoubles(), actual.toDoubles(), relative, absolute);
    }

    private void compare(
            String name, double[] expected, double[] actual, double relative, double absolute) {
        double largest =
                Arrays.stream(expected).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        double bound = relative * largest + absolute;
        double error = 0;
        int at = -1;
        for (int i = 0; i < expected.length; i++) {
            double e = difference(expected[i], actual[i]);
            if (e > error) {
                error = e;
                at = i;
            }
        }
        if (bound > 0 && error / bound > worst) {
            worst = error / bound;
            worstName = name;
        }
        if (error > bound) {
            mismatches.add(
                    String.format(
                            Locale.ROOT,
                            "%s: at %d expected %s, found %s; off by %.3g, allowed %.3g",
                            name,
                            at,
                            expected[at],
                            actual[at],
                            error,
                            bound));
        }
    }

    private static double difference(double expected, double actual) {
        if (Double.isFinite(expected) && Double.isFinite(actual)) {
            return Math.abs(expected - actual);
        }
        return Double.compare(expected, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }

    /** Holds a condition of a case. */
    public void require(String name, boolean holds) {
        tensors++;
        if (!holds) {
            mismatches.add(name);
        }
    }

    /**
     * Says how much was compared.
     *
     * @throws AssertionError listing the mismatches, or if nothing was compared
     */
    public void finish() {
        String counted = subject + ": " + cases + " cases, " + tensors + " tensors compared";
        System.out.println(
                String.format(
                        Locale.ROOT,
                        "%s, at most %.2g of the bound (%s)",
                        counted,
                        worst,
                        worstName));
        if (tensors == 0) {
            throw new AssertionError(counted + ": nothing to compare");
        }
        if (!mismatches.isEmpty()) {
            throw new AssertionError(
                    counted
                            + ", "
                            + mismatches.size()
                            + " differ:\n"
                            + String.join(
                                    "\n",
                                    mismatches.subList(0, Math.min(SHOWN, mismatches.size()))));
        }
    }
}
