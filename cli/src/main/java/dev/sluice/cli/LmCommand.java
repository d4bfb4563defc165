package dev.sluice.cli;

import dev.sluice.experiments.UsageException;
import picocli.CommandLine.Command;

/** {@code sluice lm}. */
@Command(
        name = "lm",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Train language models, measure them, let them write, look into them.",
            "A MODEL is the folder of a run, or of a checkpoint as Hugging Face has them."
        },
        subcommands = {
            LmTrainCommand.class,
            LmEvalCommand.class,
            LmGenerateCommand.class,
            LmInspectCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  sluice lm train",
            "  sluice lm generate runs/language-model-20260101-120000-3f2a --prompt 'One day'",
        })
final class LmCommand implements Runnable {
    @Override
    public void run() {
        throw new UsageException("expected train, eval, generate or inspect after lm");
    }
}
