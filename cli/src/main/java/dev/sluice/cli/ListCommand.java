package dev.sluice.cli;

import dev.sluice.engine.Names;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.Listings;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.language.LanguageModel;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show what there is to run, to set and to route.",
            "  experiments              what `sluice run` knows",
            "  variants EXPERIMENT      its variants, for --variant",
            "  settings EXPERIMENT      its settings, for --set, with their value in each preset",
            "  metrics EXPERIMENT       the numbers it reports, with units",
            "  hooks MODEL              hook points and parameters, for plans",
            "  data                     data sets, and where they lie"
        },
        footer = {
            "",
            "Examples:",
            "  sluice list settings split-digits",
            "  sluice list hooks split-autoencoder"
        })
final class ListCommand implements Callable<Integer> {
    private static final List<String> TOPICS =
            List.of("experiments", "variants", "settings", "metrics", "hooks", "data");

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "WHAT",
            description = "one of the above (default: experiments)")
    private String what = "experiments";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "of the experiment or model")
    private @Nullable String name;

    @Override
    public Integer call() {
        System.out.print(
                switch (what) {
                    case "experiments" -> alone(Listings.experiments());
                    case "variants" -> of(Listings::variants);
                    case "settings" -> of(Listings::settings);
                    case "metrics" -> of(Listings::metrics);
                    case "hooks" -> hooks();
                    case "data" -> alone(Listings.data(System.getenv()));
                    default -> throw new UsageException(Names.unknown("list", what, TOPICS));
                });
        return ExitCodes.OK;
    }

    private String hooks() {
        if (name == null) {
            return Listings.models();
        }
        String wanted = name;
        boolean known = Catalogue.models().stream().anyMatch(m -> m.name().equals(wanted));
        if (!known && (wanted.equals(LanguageModel.NAME) || wanted.contains("/"))) {
            throw new UsageException(
                    "list hooks: expected the name of a model, found '"
                            + name
                            + "'; `sluice lm inspect RUN` shows those of a language model");
        }
        return Listings.hooks(Catalogue.model(wanted));
    }

    private String alone(String listing) {
        if (name != null) {
            throw new UsageException("list " + what + ": expected nothing after it, found " + name);
        }
        return listing;
    }

    private String of(Function<Experiment, String> listing) {
        if (name == null) {
            throw new UsageException(
                    "list " + what + ": which experiment? `sluice list experiments` shows them");
        }
        return listing.apply(Catalogue.experiment(name));
    }
}
