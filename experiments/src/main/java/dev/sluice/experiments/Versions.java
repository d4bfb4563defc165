package dev.sluice.experiments;

import dev.sluice.engine.Engine;
import java.util.Map;
import java.util.TreeMap;

/** Versions of what a run was made with. */
public final class Versions {
    private Versions() {}

    /** The version of Sluice. */
    public static String sluice() {
        String version = Versions.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0-SNAPSHOT" : version;
    }

    /** Sluice, libtorch, Java and the system, by name. */
    public static Map<String, String> all() {
        return new TreeMap<>(
                Map.of(
                        "sluice", sluice(),
                        "libtorch", Engine.version(),
                        "java", Runtime.version().toString(),
                        "os",
                                System.getProperty("os.name", "?")
                                        + " "
                                        + System.getProperty("os.version", "?")
                                        + " "
                                        + System.getProperty("os.arch", "?")));
    }
}
