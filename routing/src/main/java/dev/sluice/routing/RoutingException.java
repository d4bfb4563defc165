package dev.sluice.routing;

/** A plan that does not fit its model, or a step in which a route did not do its work. */
public final class RoutingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Says what, where, expected and found. */
    public RoutingException(String message) {
        super(message);
    }
}
