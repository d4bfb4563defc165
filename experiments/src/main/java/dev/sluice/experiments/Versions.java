package dev.sluice.experiments;

import dev.sluice.engine.Engine;
import java.util.Map;
import java.util.TreeMap;

/** Versions of what a run was made with. */
public final class Versions {
    /** The name of the library of matrix products, whose results end in other bits than others'. */
    public static final String BLAS = "blas";

    private Versions() {}

    /** The version of Sluice. */
    public static String sluice() {
        String version = Versions.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0-SNAPSHOT" : version;
    }

    /** Sluice, libtorch, the library of matrix products, Java and the system, by name. */
    public static Map<String, String> all() {
        return new TreeMap<>(
                Map.of(
                        "sluice",
                        sluice(),
                        "libtorch",
                        Engine.version(),
                        BLAS,
                        Engine.blas(),
                        "java",
                        Runtime.version().toString(),
                        "os",
                        System.getProperty("os.name", "?")
                                + " "
                                + System.getProperty("os.version", "?")
                                + " "
                                + System.getProperty("os.arch", "?")));
    }
}
