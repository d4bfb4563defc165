package dev.sluice.cli;

import dev.sluice.experiments.Reports;
import dev.sluice.experiments.RunView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Build report.html again from run folders; several runs are compared.",
        footer = {
            "",
            "Examples:",
            "  sluice report runs/split-digits-20260101-120000-3f2a",
            "  sluice report runs/a runs/b --out comparison.html"
        })
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", arity = "1..*", description = "run folders")
    private List<Path> runs = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = {
                "where a comparison goes (default: comparison.html);",
                "of one run: a second place for its page"
            })
    private @Nullable Path out;

    @Override
    public Integer call() {
        OutputFile.refuseFolder("--out", out);
        List<RunView> views = runs.stream().map(RunView::read).toList();
        System.out.println(views.size() == 1 ? page(views.get(0)) : compared(views));
        return ExitCodes.OK;
    }

    private Path page(RunView view) {
        return out == null
                ? Reports.write(view)
                : Reports.write(view, out).toAbsolutePath().normalize();
    }

    private Path compared(List<RunView> views) {
        views.forEach(Reports::write);
        Path chosen = out == null ? Path.of("comparison.html") : out;
        Path page = Reports.compare(views, chosen).toAbsolutePath().normalize();
        System.err.println(
                "comparison of "
                        + views.size()
                        + " runs, written to "
                        + page
                        + " (--out FILE chooses another place); the report of each was built again");
        return page;
    }
}
