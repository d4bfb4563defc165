package dev.sluice.routing;

import java.util.List;

/**
 * What came of trying a plan's claims.
 *
 * @param claims how many were looked at
 * @param violations what did not hold
 * @param untried claims this batch says nothing about, each with the reason
 */
public record IsolationReport(int claims, List<Violation> violations, List<String> untried) {
    /** Copies the lists. */
    public IsolationReport {
        violations = List.copyOf(violations);
        untried = List.copyOf(untried);
    }

    /** Both reports as one. */
    public IsolationReport and(IsolationReport other) {
        return new IsolationReport(
                claims + other.claims,
                join(violations, other.violations),
                join(untried, other.untried));
    }

    private static <T> List<T> join(List<T> a, List<T> b) {
        return java.util.stream.Stream.concat(a.stream(), b.stream()).toList();
    }

    /**
     * This report, if nothing was violated.
     *
     * @throws IsolationException naming every violation
     */
    public IsolationReport orThrow() {
        if (!violations.isEmpty()) {
            throw new IsolationException(toString());
        }
        return this;
    }

    /** Lines for a terminal. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("isolation: ")
                .append(claims)
                .append(claims == 1 ? " claim, " : " claims, ")
                .append(violations.isEmpty() ? "no" : String.valueOf(violations.size()))
                .append(violations.size() == 1 ? " violation" : " violations")
                .append(claims == 0 ? ": nothing is claimed, so nothing was tried" : "");
        violations.forEach(v -> text.append("\n  leak: ").append(v.sentence()));
        untried.forEach(u -> text.append("\n  not tried: ").append(u));
        return text.toString();
    }
}
