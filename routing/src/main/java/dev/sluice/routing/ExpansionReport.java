package dev.sluice.routing;

import java.util.List;

/**
 * What an expansion cannot keep. Where nothing is listed, the wider model computes what the
 * original does while its new units are zero, or are put to zero where they are activations, up to
 * the rounding of sums that got longer.
 *
 * @param changes what will differ, and why
 * @param sameBits whether there is no longer sum either: then even the rounding is kept
 */
public record ExpansionReport(List<Change> changes, boolean sameBits) {
    /** Copies the list. */
    public ExpansionReport {
        changes = List.copyOf(changes);
    }

    /**
     * Something that differs from the original.
     *
     * @param axis that units are appended to, or whose size the model reckons with
     * @param reason what the model does with it
     * @param places the parts of the model that do so
     */
    public record Change(String axis, String reason, List<String> places) {
        /** Copies the list. */
        public Change {
            places = List.copyOf(places);
        }

        @Override
        public String toString() {
            return axis + ": " + reason + " (" + String.join(", ", places) + ")";
        }
    }

    /** Whether nothing differs but rounding. */
    public boolean exact() {
        return changes.isEmpty();
    }

    /**
     * Goes on only with an expansion that keeps what the model computes.
     *
     * @throws IllegalArgumentException with all that differs
     */
    public void orThrow() {
        if (!exact()) {
            throw new IllegalArgumentException(
                    "expansion changes what the model computes: "
                            + String.join("; ", changes.stream().map(Change::toString).toList()));
        }
    }
}
