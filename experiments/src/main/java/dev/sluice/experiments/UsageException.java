package dev.sluice.experiments;

/** A name, setting or option that does not exist or does not fit; exit code 2. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Says what was given and what would do. */
    public UsageException(String message) {
        super(message);
    }
}
