package dev.sluice.routing;

import java.util.List;

/**
 * Everything that is wrong or doubtful about a plan for a model.
 *
 * @param problems in the order of the plan
 */
public record PlanReport(List<Problem> problems) {
    /** Copies the list. */
    public PlanReport {
        problems = List.copyOf(problems);
    }

    /** How bad a problem is. */
    public enum Severity {
        /** The plan cannot be used. */
        ERROR,
        /** The plan can be used; some mean it so. */
        WARNING
    }

    /**
     * One problem.
     *
     * @param place where in the plan, such as {@code routes[0].masks.low}
     */
    public record Problem(Severity severity, String place, String message) {
        @Override
        public String toString() {
            return severity.name().toLowerCase(java.util.Locale.ROOT)
                    + ": "
                    + place
                    + ": "
                    + message;
        }
    }

    /** The problems that stop. */
    public List<Problem> errors() {
        return problems.stream().filter(p -> p.severity() == Severity.ERROR).toList();
    }

    /** The problems that do not. */
    public List<Problem> warnings() {
        return problems.stream().filter(p -> p.severity() == Severity.WARNING).toList();
    }

    /**
     * This report, if it holds no error.
     *
     * @throws RoutingException listing every error at once
     */
    public PlanReport orThrow() {
        List<Problem> errors = errors();
        if (!errors.isEmpty()) {
            StringBuilder text = new StringBuilder("the plan does not fit the model:");
            errors.forEach(
                    p -> text.append("\n  ").append(p.place()).append(": ").append(p.message()));
            throw new RoutingException(text.toString());
        }
        return this;
    }
}
