package dev.sluice.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where data sets lie on this machine: the folder of {@code SLUICE_DATA}, then the cache ({@code
 * SLUICE_CACHE}, else {@code XDG_CACHE_HOME/sluice}, else {@code ~/.cache/sluice}).
 */
record DataPlaces(Optional<Path> own, Path cache) {
    private static final List<String> PARTS = List.of(IdxImages.TRAIN, IdxImages.TEST);

    static DataPlaces of(Map<String, String> env) {
        return new DataPlaces(
                Optional.ofNullable(set(env, "SLUICE_DATA")).map(Path::of), cache(env));
    }

    private static Path cache(Map<String, String> env) {
        String own = set(env, "SLUICE_CACHE");
        if (own != null) {
            return Path.of(own);
        }
        String xdg = set(env, "XDG_CACHE_HOME");
        if (xdg != null && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "sluice");
        }
        String home = set(env, "HOME");
        return Path.of(home != null ? home : System.getProperty("user.home"), ".cache", "sluice");
    }

    private static @Nullable String set(Map<String, String> env, String name) {
        String value = env.get(name);
        return value == null || value.isBlank() ? null : value;
    }

    /** The folder that holds set {@code name}: complete, or begun by the user. */
    Optional<Path> find(String name) {
        Optional<Path> mine = own.map(p -> p.resolve(name)).filter(f -> files(f) > 0);
        return mine.or(() -> Optional.of(cache.resolve(name)).filter(DataPlaces::complete));
    }

    /** Names of the complete sets, wherever they lie. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        Stream.concat(own.stream(), Stream.of(cache))
                .filter(Files::isDirectory)
                .forEach(
                        root -> {
                            try (Stream<Path> folders = Files.list(root)) {
                                folders.filter(DataPlaces::complete)
                                        .forEach(f -> names.add("" + f.getFileName()));
                            } catch (IOException e) {
                                throw new UncheckedIOException("listing " + root + ": " + e, e);
                            }
                        });
        return names;
    }

    /** Whether all four IDX files are in {@code folder}. */
    static boolean complete(Path folder) {
        return files(folder) == 2L * PARTS.size();
    }

    private static long files(Path folder) {
        return PARTS.stream()
                .flatMap(p -> Stream.of(IdxImages.images(folder, p), IdxImages.labels(folder, p)))
                .filter(Files::exists)
                .count();
    }
}
