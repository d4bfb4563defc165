package dev.sluice.studio;

/** A request that cannot be carried out, with the HTTP status that says so. */
final class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    private RequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** What was asked makes no sense. */
    static RequestException bad(String message) {
        return new RequestException(400, message);
    }

    /** Nothing of this name. */
    static RequestException missing(String message) {
        return new RequestException(404, message);
    }

    /** It makes sense, but not now. */
    static RequestException conflict(String message) {
        return new RequestException(409, message);
    }

    /** With another status. */
    static RequestException of(int status, String message) {
        return new RequestException(status, message);
    }

    int status() {
        return status;
    }
}
