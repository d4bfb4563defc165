package dev.sluice.experiments;

import dev.sluice.data.DataCheck;
import dev.sluice.data.DataChoice;
import dev.sluice.data.DataListing;
import dev.sluice.data.Datasets;
import dev.sluice.data.ImageData;
import dev.sluice.data.ProgressListener;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Images of digits: MNIST where it lies on this machine, else those that Sluice draws. */
final class ImageKind implements DataKind {
    @Override
    public String named(
            @Nullable String given, Map<String, String> environment, Consumer<String> say) {
        Datasets datasets = Datasets.of(environment);
        if (given == null) {
            DataChoice choice = datasets.digitsByDefault();
            say.accept(choice.line());
            return choice.name();
        }
        boolean name = datasets.list().stream().anyMatch(set -> set.name().equals(given));
        return name ? given : absolute(given);
    }

    private static String absolute(String given) {
        try {
            Path path = Path.of(given);
            return path.getNameCount() > 1 || Files.exists(path)
                    ? path.toAbsolutePath().normalize().toString()
                    : given;
        } catch (InvalidPathException e) {
            return given;
        }
    }

    @Override
    public boolean generated(String name) {
        return name.equals(Datasets.GENERATED);
    }

    @Override
    public ImageData open(
            RunRequest request, Map<String, String> environment, ProgressListener listener) {
        return Datasets.of(environment).open(request.data(), request.dataSeed(), listener);
    }

    @Override
    public List<DataListing> list(Map<String, String> environment) {
        return Datasets.of(environment).list();
    }

    @Override
    public Optional<String> check(String name, Map<String, String> environment) {
        DataCheck check = Datasets.of(environment).check(name);
        ImageData data = check.data();
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%s: %,d + %,d images, %s\n",
                        data.name(),
                        data.train().size(),
                        data.test().size(),
                        check.published()
                                ? "as published"
                                : "sound; no published checksums to compare"));
        data.sha256()
                .forEach(
                        (part, sum) ->
                                text.append("  ")
                                        .append(sum)
                                        .append("  ")
                                        .append(part)
                                        .append('\n'));
        return Optional.of(text.toString());
    }

    @Override
    public String madeUp() {
        return "digits drawn by Sluice, not MNIST";
    }
}
