package dev.sluice.routing;

import java.util.ArrayList;
import java.util.List;

/** Collects the problems of a plan. */
final class Problems {
    private final List<PlanReport.Problem> found = new ArrayList<>();

    void error(String place, String message) {
        found.add(new PlanReport.Problem(PlanReport.Severity.ERROR, place, message));
    }

    void warning(String place, String message) {
        found.add(new PlanReport.Problem(PlanReport.Severity.WARNING, place, message));
    }

    PlanReport report() {
        return new PlanReport(found);
    }
}
