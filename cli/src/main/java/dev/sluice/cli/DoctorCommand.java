package dev.sluice.cli;

import dev.sluice.experiments.Doctor;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "What Sluice finds on this machine, what is missing, and how to get it.",
            "JDK, processor, threads, libtorch, memory, disk, data and their places."
        },
        footer = {"", "Examples:", "  sluice doctor", "  sluice doctor --json"})
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Override
    public Integer call() {
        Doctor found = Doctor.examine(System.getenv());
        if (json) {
            JsonOutput.print(found);
        } else {
            System.out.print(found.text());
        }
        return ExitCodes.OK;
    }
}
