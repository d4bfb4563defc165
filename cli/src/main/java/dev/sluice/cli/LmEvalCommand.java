package dev.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice lm eval}. */
@Command(name = "eval")
final class LmEvalCommand implements Runnable {
    @Override
    public void run() {}
}
