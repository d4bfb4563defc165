package dev.sluice.cli;

import dev.sluice.data.Datasets;
import dev.sluice.engine.Names;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.UsageException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice data}. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Download a data set, or check one that is here.",
            "  get NAME      make it ready for use without a network; prints its folder",
            "  check NAME    read all of it, compare with the published checksums"
        },
        footer = {
            "",
            "Examples:",
            "  sluice data get mnist",
            "  sluice data check ./my-digits",
            "  sluice data check stories.jsonl.gz",
            "",
            "Sets are looked for in $SLUICE_DATA/NAME, then in the cache."
        })
final class DataCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "get|check", description = "what to do")
    private String action = "";

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description =
                    "a data set (`sluice list data`); to check also a folder or file of your own")
    private String name = "";

    @Mixin private QuietOption output = new QuietOption();

    @Override
    public Integer call() {
        Datasets datasets = Datasets.of(System.getenv());
        switch (action) {
            case "get" -> get(datasets);
            case "check" -> System.out.print(check());
            default ->
                    throw new UsageException(
                            Names.unknown("data command", action, List.of("get", "check")));
        }
        return ExitCodes.OK;
    }

    /** The kinds of data that experiments are trained on, images last: they take any name. */
    private static List<DataKind> kinds() {
        return Catalogue.experiments().stream()
                .map(Experiment::dataKind)
                .sorted(Comparator.comparing(kind -> kind.generated(Datasets.GENERATED)))
                .toList();
    }

    private String check() {
        return kinds().stream()
                .flatMap(kind -> kind.check(name, System.getenv()).stream())
                .findFirst()
                .orElseThrow();
    }

    private void get(Datasets datasets) {
        if (kinds().stream().anyMatch(kind -> kind.generated(name))) {
            output.say(name + " is made up when it is needed; there is nothing to get");
            return;
        }
        Optional<Path> folder = datasets.get(name, output.downloads());
        folder.ifPresent(System.out::println);
    }
}
