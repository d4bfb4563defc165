package dev.sluice.routing.text;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routes all tokens of a document by its label, such as a field of a JSON line. Use it where
 * someone has sorted whole documents; the end of text behind a document counts to it.
 */
public final class DocumentRule implements RoutingRule<Batch.Sequences> {
    private final Map<String, List<String>> labels;
    private final List<String> names;
    private final Map<String, Integer> byLabel = new HashMap<>();

    /**
     * @param labels of each route
     * @throws IllegalArgumentException if there is none, or one label has two routes
     */
    public DocumentRule(Map<String, List<String>> labels) {
        this.labels = new LinkedHashMap<>(labels);
        names = List.copyOf(labels.keySet());
        this.labels.forEach((route, own) -> own.forEach(label -> put(label, route)));
        if (byLabel.isEmpty()) {
            throw new IllegalArgumentException("a rule for documents needs at least one label");
        }
    }

    private void put(String label, String route) {
        Integer before = byLabel.put(label, names.indexOf(route));
        if (before != null && !names.get(before).equals(route)) {
            throw new IllegalArgumentException(
                    "label '" + label + "': expected one route, found two");
        }
    }

    @Override
    public Assignment assign(Batch.Sequences batch) {
        int[] ids = Targets.none(batch);
        int length = batch.length() - 1;
        for (int row = 0; row < batch.size(); row++) {
            for (int j = 0; j < length; j++) {
                String label = batch.label(row, j + 1);
                ids[row * length + j] = label == null ? -1 : byLabel.getOrDefault(label, -1);
            }
        }
        return Targets.assignment(batch, names, ids);
    }

    @Override
    public Set<String> routes() {
        return new LinkedHashSet<>(names);
    }

    @Override
    public Map<String, Object> description() {
        Map<String, Object> byRoute = new LinkedHashMap<>();
        labels.forEach((route, own) -> byRoute.put(route, new ArrayList<>(own)));
        return Map.of("document_label", byRoute);
    }
}
