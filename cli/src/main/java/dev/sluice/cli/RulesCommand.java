package dev.sluice.cli;

import dev.sluice.experiments.UsageException;
import picocli.CommandLine.Command;

/** {@code sluice rules}. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Look at rules on text before anyone trains.",
            "A rule says which tokens take which route; see docs/text.md."
        },
        subcommands = {RulesPreviewCommand.class, RulesSuggestCommand.class},
        footer = {
            "",
            "Examples:",
            "  sluice rules preview --rule rule.yaml --text stories.txt",
            "  sluice rules suggest --forget forest.txt --retain other.txt"
        })
final class RulesCommand implements Runnable {
    @Override
    public void run() {
        throw new UsageException("expected preview or suggest after rules, found nothing");
    }
}
