package dev.sluice.experiments;

import dev.sluice.routing.Claim;
import dev.sluice.routing.IsolationReport;
import dev.sluice.routing.Region;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What came of trying a plan: its claims, how they fared, and the paths by which a claimed region
 * hears of the class after all, through terms of the loss that the claim leaves out. Those are no
 * fault; a reader should know of them.
 *
 * @param claims the claims in words
 * @param report what held and what did not
 * @param undeclared the paths outside the claims
 */
public record Verification(
        List<String> claims, IsolationReport report, List<UndeclaredPath> undeclared) {
    static final Verification NOTHING_CLAIMED =
            new Verification(List.of(), new IsolationReport(0, List.of(), List.of()), List.of());

    /**
     * A way from a class of data to a region that no claim denies.
     *
     * @param change the largest change of an element of the gradient when the data changed
     */
    public record UndeclaredPath(String region, String from, String through, double change) {}

    /** Copies the lists. */
    public Verification {
        claims = List.copyOf(claims);
        undeclared = List.copyOf(undeclared);
    }

    /**
     * Tries a plan, then each claim's region and class through each other term of the loss.
     *
     * @param terms the names of all terms of the loss
     * @param check tries the claims of a plan on the batch at hand
     */
    public static <B> Verification of(
            RoutePlan<B> plan, Set<String> terms, Function<RoutePlan<B>, IsolationReport> check) {
        List<UndeclaredPath> paths = new ArrayList<>();
        for (Claim<B> claim : plan.claims()) {
            for (String term : new TreeSet<>(terms)) {
                if (!claim.through().isEmpty() && !claim.through().contains(term)) {
                    double change =
                            check.apply(alone(plan, claim.through(term))).violations().stream()
                                    .mapToDouble(Violation::change)
                                    .max()
                                    .orElse(0);
                    if (change > 0) {
                        paths.add(
                                new UndeclaredPath(
                                        text(claim.region()), claim.nothingFrom(), term, change));
                    }
                }
            }
        }
        return new Verification(
                plan.claims().stream().map(Verification::text).toList(), check.apply(plan), paths);
    }

    private static <B> RoutePlan<B> alone(RoutePlan<B> plan, Claim<B> claim) {
        return new RoutePlan<>(plan.routes(), plan.updates(), List.of(claim));
    }

    private static String text(Claim<?> claim) {
        return text(claim.region())
                + (claim.region().slices().size() == 1 ? " gets" : " get")
                + " nothing from "
                + claim.nothingFrom()
                + (claim.through().isEmpty()
                        ? ""
                        : " through " + String.join(", ", new TreeSet<>(claim.through())));
    }

    private static String text(Region region) {
        return String.join(" and ", region.slices().stream().map(Verification::text).toList());
    }

    private static String text(Region.Slice slice) {
        int last = slice.to() - 1;
        String units = slice.from() + (last == slice.from() ? "" : "-" + last);
        return slice.parameters()
                + (slice.axis() == null ? "" : "[" + slice.axis() + " " + units + "]");
    }

    /** Lines for a terminal: claims, leaks, what could not be tried, undeclared paths. */
    public String text() {
        StringBuilder out = new StringBuilder();
        claims.forEach(c -> out.append("  claim: ").append(c).append('\n'));
        out.append("  ").append(report.toString().replace("\n", "\n  ")).append('\n');
        if (!undeclared.isEmpty()) {
            Columns table = new Columns("region", "hears of", "through", "largest change");
            undeclared.forEach(
                    p ->
                            table.row(
                                    p.region(),
                                    p.from(),
                                    p.through(),
                                    String.format(Locale.ROOT, "%.2g", p.change())));
            out.append("  undeclared paths, outside what the plan claims:\n");
            out.append(table.text().indent(4));
        }
        return out.toString();
    }
}
