package dev.sluice.cli;

import dev.sluice.experiments.UsageException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code sluice test}: carried out by the launcher, listed here for the help. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Run the tests of Sluice (from a clone, with ./sluice).",
        footer = {"", "Examples:", "  ./sluice test", "  ./sluice test -Dgroups=golden"})
final class TestCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UsageException("`test` needs the sources: call ./sluice in a clone");
    }
}
