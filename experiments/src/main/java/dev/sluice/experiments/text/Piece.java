package dev.sluice.experiments.text;

/**
 * A token of a document and where it is routed.
 *
 * @param text with its leading space
 * @param route the name of its route; empty for none
 * @param share how much of it goes to the routes that a rule names, or of a blend to the first: 1
 *     all, 0 nothing
 */
public record Piece(String text, String route, double share) {
    /** Whether at least half of it is routed. */
    public boolean routed() {
        return share >= 0.5;
    }
}
