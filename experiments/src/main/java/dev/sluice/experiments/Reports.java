package dev.sluice.experiments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.FileProblem;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pages made from run folders. */
public final class Reports {
    private Reports() {}

    /**
     * Writes figures, tables and, as the last, {@code report.html} into a run's folder and returns
     * the page's path.
     */
    public static Path write(RunView run) {
        Experiment experiment = Catalogue.experiment(run.manifest().experiment());
        HtmlReport page =
                HtmlReport.titled(run.manifest().experiment())
                        .subtitle("Preset " + made(run, experiment))
                        .footer(String.join(" ", run.manifest().commandLine()));
        experiment.report(run, page);
        exported(run, page);
        Path file = run.folder().resolve("report.html");
        Path figures = run.folder().resolve("figures");
        createFolder(figures);
        page.figures().forEach((name, chart) -> chart.writeSvg(figures.resolve(name + ".svg")));
        page.animations().forEach((name, film) -> film.writeGif(figures.resolve(name + ".gif")));
        Table table = experiment.table(run);
        table.writeCsv(run.folder().resolve("table.csv"));
        table.writeLatex(run.folder().resolve("table.tex"));
        experiment.tables(run).forEach((name, t) -> write(t, run.folder().resolve(name)));
        page.section("Files", section -> section.table(RunFiles.table(run.folder())));
        page.write(file);
        return file;
    }

    /**
     * As {@link #write(RunView)}, with the page, which needs no file beside it, at {@code file} as
     * well; its folder is made if there is none.
     */
    public static Path write(RunView run, Path file) {
        Path page = write(run);
        createFolder(file.toAbsolutePath().resolveSibling("."));
        try {
            AtomicFiles.write(file, Files.readAllBytes(page));
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + page, e);
        }
        return file;
    }

    /** Preset, data and number of seeds. */
    private static String made(RunView run, Experiment experiment) {
        var data = run.summary().path("data");
        int seeds = run.manifest().seeds().size();
        return run.summary().path("preset").asText()
                + ", data "
                + data.path("name").asText()
                + (data.path("generated").asBoolean()
                        ? " (" + experiment.dataKind().madeUp() + ")"
                        : "")
                + ", "
                + seeds
                + (seeds == 1 ? " seed" : " seeds");
    }

    private static void write(Table table, Path file) {
        if (file.toString().endsWith(".tex")) {
            table.writeLatex(file);
        } else {
            table.writeCsv(file);
        }
    }

    /** What the exported ONNX files do, if the run was exported. */
    private static void exported(RunView run, HtmlReport page) {
        run.exported()
                .ifPresent(
                        check ->
                                page.section(
                                        "Exported model",
                                        section -> section.prose(ExportedModel.text(run, check))));
    }

    private static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + folder, e);
        }
    }

    /** The run's main table for a terminal. */
    public static String console(RunView run) {
        return Catalogue.experiment(run.manifest().experiment()).table(run).console();
    }

    /**
     * How the claims of a finished run fared while it trained: a line for each variant with some.
     */
    public static List<String> claims(RunView run) {
        List<String> lines = new ArrayList<>();
        for (String variant : run.variants()) {
            JsonNode isolation = run.summary().at("/variants").path(variant).path("isolation");
            long claims = isolation.path("claims").asLong();
            if (claims > 0) {
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "%s: %,d claim%s of its plan, %s",
                                variant,
                                claims,
                                claims == 1 ? "" : "s",
                                fared(
                                        isolation.path("checked_steps").asLong(),
                                        isolation.path("violations").asLong(),
                                        run.folder())));
            }
        }
        return lines;
    }

    private static String fared(long tried, long violations, Path folder) {
        String verify = "sluice verify " + folder;
        if (tried == 0) {
            return "not tried while it trained; try them: " + verify;
        }
        String steps =
                String.format(Locale.ROOT, "tried on %,d step%s", tried, tried == 1 ? "" : "s");
        return violations == 0
                ? steps + ": held"
                : String.format(
                        Locale.ROOT,
                        "%s: LEAKED %,d times; what leaks: %s",
                        steps,
                        violations,
                        verify);
    }

    /** Writes a page that compares several runs, and makes its folder if there is none. */
    public static Path compare(List<RunView> runs, Path file) {
        HtmlReport page = HtmlReport.titled("Comparison").subtitle(runs.size() + " runs");
        for (RunView run : runs) {
            Experiment experiment = Catalogue.experiment(run.manifest().experiment());
            page.part(name(run, runs), experiment.name() + ", preset " + made(run, experiment));
            experiment.report(run, page);
        }
        createFolder(file.toAbsolutePath().resolveSibling("."));
        page.write(file);
        return file;
    }

    /** A run by the name of its folder, or its path where another has that name. */
    private static String name(RunView run, List<RunView> runs) {
        String name = String.valueOf(run.folder().getFileName());
        long same = runs.stream().filter(r -> r.folder().endsWith(name)).count();
        return same == 1 ? name : run.folder().toString();
    }
}
