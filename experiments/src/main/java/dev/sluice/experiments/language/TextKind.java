package dev.sluice.experiments.language;

import dev.sluice.data.DataListing;
import dev.sluice.data.Datasets;
import dev.sluice.data.ProgressListener;
import dev.sluice.data.text.generated.GeneratedPlaces;
import dev.sluice.data.text.generated.GeneratedStories;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.RunRequest;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Text: generated stories, or a file or folder of the user's own. */
final class TextKind implements DataKind {
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
    public String madeUp() {
        return "text made up by Sluice";
    }
}
