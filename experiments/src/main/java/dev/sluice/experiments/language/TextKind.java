package dev.sluice.experiments.language;

import dev.sluice.data.DataException;
import dev.sluice.data.DataListing;
import dev.sluice.data.Datasets;
import dev.sluice.data.ProgressListener;
import dev.sluice.data.text.Corpora;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.generated.GeneratedPlaces;
import dev.sluice.data.text.generated.GeneratedStories;
import dev.sluice.engine.FileProblem;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Text: generated stories, or a file or folder of the user's own. */
final class TextKind implements DataKind {
    private static final Pattern PLACE = Pattern.compile("/|\\.(txt|text|md|json|jsonl|gz)$");
    private static final List<String> GENERATED =
            List.of(GeneratedStories.NAME, GeneratedPlaces.NAME);

    @Override
    public String named(
            @Nullable String given, Map<String, String> environment, Consumer<String> say) {
        if (given == null) {
            say.accept(
                    "data: generated stories, made up by Sluice (--data FILE|DIR: text of your"
                            + " own)");
            return GeneratedStories.NAME;
        }
        if (given.equals(Datasets.GENERATED)) {
            return GeneratedStories.NAME;
        }
        return GENERATED.contains(given) ? given : absolute(given, environment);
    }

    private static String absolute(String given, Map<String, String> environment) {
        try {
            Path path = Path.of(given);
            Path data = Datasets.of(environment).places().get("data");
            boolean bare = path.getNameCount() == 1 && !path.isAbsolute() && !given.startsWith(".");
            return bare && data != null && Files.exists(data.resolve(path))
                    ? data.resolve(path).normalize().toString()
                    : path.toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            return given;
        }
    }

    @Override
    public boolean generated(String name) {
        return GENERATED.contains(name);
    }

    @Override
    public TextData open(
            RunRequest request, Map<String, String> environment, ProgressListener listener) {
        Experiment experiment = Catalogue.experiment(request.experiment());
        return new TextData(
                request.data(),
                request.dataSeed(),
                new LanguageSettings(request.points(experiment).get(0).settings()),
                environment,
                listener);
    }

    @Override
    public List<DataListing> list(Map<String, String> environment) {
        return List.of(
                new DataListing(
                        GeneratedStories.NAME,
                        "short stories made up by Sluice, 100,000 of eight topics",
                        Optional.empty(),
                        true),
                new DataListing(
                        GeneratedPlaces.NAME,
                        "short notes on places made up by Sluice, 100,000",
                        Optional.empty(),
                        true));
    }

    @Override
    public Optional<String> check(String name, Map<String, String> environment) {
        boolean images =
                Datasets.of(environment).list().stream().anyMatch(d -> d.name().equals(name));
        if (images) {
            return Optional.empty();
        }
        String found = named(name, environment, line -> {});
        if (!generated(found) && !path(found).map(TextKind::holdsText).orElse(false)) {
            path(found).ifPresent(path -> requirePlace(name, path));
            return Optional.empty();
        }
        Corpus corpus = Corpora.of(environment).open(found, TextFormat.standard());
        long documents = 0;
        long characters = 0;
        long labelled = 0;
        try (Documents all = corpus.open()) {
            while (all.hasNext()) {
                Document document = all.next();
                documents++;
                characters += document.text().length();
                labelled += document.label().isPresent() ? 1 : 0;
            }
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "%s: %,d documents of %,d characters, %,d with a label%n  %s  text%n",
                        name,
                        documents,
                        characters,
                        labelled,
                        corpus.fingerprint()));
    }

    /** What looks like a file or folder, and not like the name of a data set, has to be there. */
    private static void requirePlace(String name, Path path) {
        if (PLACE.matcher(name).find() && !Files.exists(path)) {
            throw new DataException(
                    path, "file", "a file or folder of text or images", FileProblem.missing(path));
        }
    }

    /** Nothing where the system cannot name a file so. */
    private static Optional<Path> path(String place) {
        try {
            return Optional.of(Path.of(place));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** A file, or a folder without images. */
    private static boolean holdsText(Path path) {
        if (!Files.isDirectory(path)) {
            return Files.isRegularFile(path);
        }
        try (Stream<Path> inside = Files.list(path)) {
            return inside.noneMatch(file -> file.toString().contains("-ubyte"));
        } catch (IOException e) {
            throw FileProblem.of("cannot list " + path, e);
        }
    }

    @Override
    public String madeUp() {
        return "text made up by Sluice";
    }
}
