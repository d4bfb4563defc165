package dev.sluice.data.text;

import dev.sluice.data.DataException;
import dev.sluice.data.Datasets;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.TextCorpus;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.generated.GeneratedPlaces;
import dev.sluice.data.text.generated.GeneratedStories;
import dev.sluice.engine.FileProblem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Finds a corpus by what a user calls it: {@link GeneratedStories#NAME} or {@link
 * GeneratedPlaces#NAME}, a file or folder, or a folder of {@code $SLUICE_DATA}. Never touches the
 * network.
 */
public final class Corpora {
    /** Documents of a generated corpus. */
    public static final long GENERATED_DOCUMENTS = 100_000;

    /** The seed of the standard generated corpora. */
    public static final long SEED = 1;

    private final Optional<Path> data;
    private final Path cache;

    private Corpora(Optional<Path> data, Path cache) {
        this.data = data;
        this.cache = cache;
    }

    /** The corpora of this machine as the environment variables {@code env} tell it. */
    public static Corpora of(Map<String, String> env) {
        Map<String, Path> places = Datasets.of(env).places();
        return new Corpora(
                Optional.ofNullable(places.get("data")), places.getOrDefault("cache", Path.of("")));
    }

    /** What is used where the user names nothing: generated stories. */
    public Corpus byDefault() {
        return GeneratedStories.corpus(SEED, GENERATED_DOCUMENTS);
    }

    /**
     * The corpus of this name or path.
     *
     * @param format how to read files
     * @throws DataException if there is none
     */
    public Corpus open(String nameOrPath, TextFormat format) {
        if (nameOrPath.equals(GeneratedStories.NAME)) {
            return byDefault();
        }
        if (nameOrPath.equals(GeneratedPlaces.NAME)) {
            return GeneratedPlaces.corpus(SEED, GENERATED_DOCUMENTS);
        }
        Path path = path(nameOrPath);
        boolean name =
                path.getNameCount() == 1 && !path.isAbsolute() && !nameOrPath.startsWith(".");
        Optional<Path> own =
                name ? data.map(d -> d.resolve(path)).filter(Files::exists) : Optional.empty();
        Path found = own.orElse(path);
        if (!Files.exists(found)) {
            throw new DataException(
                    path,
                    "text",
                    "a file or folder, here or in $SLUICE_DATA, "
                            + GeneratedStories.NAME
                            + " or "
                            + GeneratedPlaces.NAME,
                    FileProblem.missing(path));
        }
        return TextCorpus.of(found, format);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new DataException(
                    Path.of("text"), "name", "the name of a file", "\"" + text + "\"");
        }
    }

    /** The folder that holds tokenized corpora: give it to {@code TokenShards.open}. */
    public Path cache() {
        return cache;
    }
}
