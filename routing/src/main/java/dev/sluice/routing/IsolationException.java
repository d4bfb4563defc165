package dev.sluice.routing;

/** A claim of a plan that did not hold; the message names every violation. */
public final class IsolationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Says what leaked, where, and by what cause. */
    public IsolationException(String message) {
        super(message);
    }
}
