package dev.sluice.experiments;

/**
 * What was found out about the plan of one step of a training.
 *
 * @param step {@link #EVERY} where the plan stays the same, else {@link #FIRST} or {@link #LAST}
 */
public record AtStep<T>(String step, T found) {
    /** The plan is the same in all steps. */
    public static final String EVERY = "every step";

    /** The plan changes on the way: this is the one that a training begins with. */
    public static final String FIRST = "the first step";

    /** The plan changes on the way: this is the one that a training ends with. */
    public static final String LAST = "the last step";

    /** Words to put behind what was found: none where the plan stays the same. */
    public String in() {
        return step.equals(EVERY) ? "" : " in " + step;
    }
}
