package dev.sluice.experiments;

import java.util.Locale;

/**
 * What was found out about the plan of one step of a training.
 *
 * @param step {@link #EVERY} where plan and loss stay the same, else {@link #FIRST} or {@link
 *     #LAST}
 * @param number of that step, from 1
 */
public record AtStep<T>(String step, long number, T found) {
    /** Plan and loss are the same in all steps. */
    public static final String EVERY = "every step";

    /** They change on the way: this is what a training begins with. */
    public static final String FIRST = "the first step";

    /** They change on the way: this is what a training ends with. */
    public static final String LAST = "the last step";

    /** Words to put behind what was found: none where it stays the same. */
    public String in() {
        return step.equals(EVERY) ? "" : String.format(Locale.ROOT, " in %s (%,d)", step, number);
    }
}
