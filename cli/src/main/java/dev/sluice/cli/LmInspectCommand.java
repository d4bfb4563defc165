package dev.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice lm inspect}. */
@Command(name = "inspect")
final class LmInspectCommand implements Runnable {
    @Override
    public void run() {}
}
