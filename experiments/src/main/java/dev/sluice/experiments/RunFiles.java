package dev.sluice.experiments;

import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What lies beside a report in its run's folder, with a phrase for each. */
final class RunFiles {
    private static final List<Named> KNOWN =
            List.of(
                    new Named("summary.json", "every number, with its values over seeds"),
                    new Named("table.csv", "the main table; table.tex is the same for LaTeX"),
                    new Named("figures", "the figures of this page, each in a file"),
                    new Named("metrics.jsonl", "what was logged while training, a line a step"),
                    new Named("manifest.json", "what was run: settings, seeds, data, versions"),
                    new Named("timing.json", "how long it took, and how much memory"),
                    new Named(
                            "model.safetensors",
                            "the trained weights, of the first variant and seed"),
                    new Named("models", "the trained weights of every variant and seed"),
                    new Named(
                            "model",
                            "the trained model as Hugging Face reads it, tokenizer included"),
                    new Named(
                            "artefacts",
                            "what the pictures and samples of this page are drawn from"),
                    new Named("checkpoints", "where an interrupted run goes on"),
                    new Named("export", "the model in the formats that it was exported to"));

    private record Named(String name, String phrase) {}

    private RunFiles() {}

    /** Those that are there. */
    static Table table(Path run) {
        Table table =
                Table.of(
                        "Beside this page, in the run's folder",
                        Column.text("name"),
                        Column.text("what it is"));
        for (Named file : KNOWN) {
            Path path = run.resolve(file.name);
            if (Files.exists(path)) {
                String slash = Files.isDirectory(path) ? "/" : "";
                table.row(Cell.of(file.name + slash), Cell.of(file.phrase));
            }
        }
        return table;
    }
}
