package dev.sluice.data;

/**
 * A data set that is not here and cannot be fetched. The message tells what was tried and how to
 * provide the files by hand; the command line ends with exit code 7.
 */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With the whole text for the user. */
    public UnavailableException(String message) {
        super(message);
    }
}
