package dev.sluice.routing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which parameters each class of data reaches through each term of the loss, found by trying.
 *
 * @param paths only where something is reached; by class, then term, then parameter
 */
public record Reach(List<Path> paths) {
    /** Copies the list. */
    public Reach {
        paths = List.copyOf(paths);
    }

    /**
     * A parameter's gradient changes with the data of a class through a term.
     *
     * @param units which units changed, by axis of the parameter, in ascending order
     * @param closed of these, the ones that some route's mask closes for the class; by axis, empty
     *     where there is none
     * @param claimed whether a claim says that this does not happen
     * @param change the largest change of an element
     */
    public record Path(
            String from,
            String term,
            String parameter,
            Map<String, List<Integer>> units,
            Map<String, List<Integer>> closed,
            boolean claimed,
            double change) {
        /** Copies the maps. */
        public Path {
            units = Collections.unmodifiableMap(new LinkedHashMap<>(units));
            closed = Collections.unmodifiableMap(new LinkedHashMap<>(closed));
        }
    }

    /** Paths into units that the plan closes for the class, without a claim that they are shut. */
    public List<Path> undeclared() {
        return paths.stream().filter(p -> !p.closed().isEmpty() && !p.claimed()).toList();
    }

    /** Lines for a terminal: the undeclared paths. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(paths.size()).append(" paths, ");
        text.append(undeclared().size()).append(" into units that the plan closes");
        for (Path p : undeclared()) {
            text.append("\n  ").append(p.from()).append(" reaches ").append(p.parameter());
            p.closed().forEach((axis, units) -> text.append(", ").append(Units.text(axis, units)));
            text.append(" through ").append(p.term());
        }
        return text.toString();
    }
}
