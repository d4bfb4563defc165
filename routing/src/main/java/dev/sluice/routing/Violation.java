package dev.sluice.routing;

import java.util.List;

/**
 * One way in which a region was not isolated.
 *
 * @param parameter the name of the parameter that changed
 * @param axis the axis that {@code units} count along; empty for a single value
 * @param units which units of the region changed, in ascending order
 * @param change the largest change of an element; infinite where it is no longer a finite number
 * @param sentence all of this, and the cause, in words
 */
public record Violation(
        Kind kind,
        String parameter,
        String axis,
        List<Integer> units,
        double change,
        String sentence) {
    /** Copies the list. */
    public Violation {
        units = List.copyOf(units);
    }

    /** The cause of a violation. */
    public enum Kind {
        /** No route masks what the class contributes to the parameter. */
        UNMASKED,
        /** The parameter is masked where its layer reads it, and read elsewhere too. */
        SECOND_USE,
        /** Routes mask another axis than the one whose units are claimed. */
        WRONG_AXIS,
        /** A mask lets the class through. */
        OPEN_MASK,
        /** The plan's rule puts data of the class elsewhere. */
        WRONG_LABEL,
        /** The class's values overflow: zero times infinity is not zero. */
        OVERFLOW,
        /** The optimiser moved a weight along a gradient of the class. */
        GRADIENT,
        /** The optimiser moved a weight without gradient along its momentum. */
        STALE_MOMENT,
        /** Decay changed a weight without gradient. */
        DECAY,
        /** The class's data scaled the region's gradient through the norm of all gradients. */
        CLIPPING,
        /** The optimiser counted a step where it should have left every byte. */
        STEP_COUNT
    }

    @Override
    public String toString() {
        return sentence;
    }
}
