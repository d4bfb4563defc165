package dev.sluice.cli;

import dev.sluice.data.DataCheck;
import dev.sluice.data.Datasets;
import dev.sluice.data.ImageData;
import dev.sluice.engine.Names;
import dev.sluice.experiments.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
            "",
            "Sets are looked for in $SLUICE_DATA/NAME, then in the cache."
        })
final class DataCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "get|check", description = "what to do")
    private String action = "";

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description = "a data set (`sluice list data`), or a folder of IDX files")
    private String name = "";

    @Mixin private QuietOption output = new QuietOption();

    @Override
    public Integer call() {
        Datasets datasets = Datasets.of(System.getenv());
        switch (action) {
            case "get" -> get(datasets);
            case "check" -> check(datasets.check(name));
            default ->
                    throw new UsageException(
                            Names.unknown("data command", action, List.of("get", "check")));
        }
        return ExitCodes.OK;
    }

    private void get(Datasets datasets) {
        Optional<Path> folder = datasets.get(name, output.downloads());
        folder.ifPresentOrElse(
                System.out::println,
                () -> output.say(name + " is drawn when it is needed; there is nothing to get"));
    }

    private static void check(DataCheck check) {
        ImageData data = check.data();
        System.out.printf(
                Locale.ROOT,
                "%s: %,d + %,d images, %s%n",
                data.name(),
                data.train().size(),
                data.test().size(),
                check.published() ? "as published" : "sound; no published checksums to compare");
        data.sha256().forEach((part, sum) -> System.out.println("  " + sum + "  " + part));
    }
}
