package dev.sluice.cli;

import dev.sluice.experiments.Reports;
import dev.sluice.experiments.RunView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
            description = "where a comparison goes (default: comparison.html)")
    private Path out = Path.of("comparison.html");

    @Override
    public Integer call() {
        List<RunView> views = runs.stream().map(RunView::read).toList();
        views.forEach(Reports::write);
        System.out.println(
                views.size() == 1 ? views.get(0).folder().resolve("report.html") : compared(views));
        return ExitCodes.OK;
    }

    private Path compared(List<RunView> views) {
        Path page = Reports.compare(views, out).toAbsolutePath().normalize();
        System.err.println(
                "comparison of "
                        + views.size()
                        + " runs, written to "
                        + page
                        + " (--out FILE chooses another place); the report of each was built again");
        return page;
    }
}
