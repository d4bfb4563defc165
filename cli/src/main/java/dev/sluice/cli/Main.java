package dev.sluice.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of Sluice. */
@Command(name = "sluice", mixinStandardHelpOptions = true, version = "sluice 0.1.0")
public final class Main implements Runnable {

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param arguments the command and its options
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
