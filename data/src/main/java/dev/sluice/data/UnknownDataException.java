package dev.sluice.data;

import java.util.List;

/**
 * A name that is no data set and no folder. The message offers the nearest names; the command line
 * ends with exit code 2.
 */
public final class UnknownDataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For {@code name}, with the nearest known names, best first. */
    public UnknownDataException(String name, List<String> nearest) {
        super(
                "unknown data set \""
                        + name
                        + "\": nearest "
                        + String.join(", ", nearest)
                        + "; or give a folder of IDX files, such as ./"
                        + name);
    }
}
