package dev.sluice.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Routes examples by their class. */
final class LabelRule implements RoutingRule<Batch.Labelled> {
    private final Map<String, List<Integer>> labels;
    private final List<String> names;
    private final Map<Integer, Integer> byLabel = new HashMap<>();

    LabelRule(Map<String, List<Integer>> labels) {
        this.labels = labels;
        names = List.copyOf(labels.keySet());
        for (int r = 0; r < names.size(); r++) {
            for (int label : labels.getOrDefault(names.get(r), List.of())) {
                Integer before = byLabel.put(label, r);
                if (before != null && before != r) {
                    throw new IllegalArgumentException(
                            "label "
                                    + label
                                    + " is in two routes: "
                                    + names.get(before)
                                    + " and "
                                    + names.get(r));
                }
            }
        }
    }

    @Override
    public Assignment assign(Batch.Labelled batch) {
        int[] ids = new int[batch.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = byLabel.getOrDefault(batch.label(i), -1);
        }
        return Assignment.of(names, ids, ids.length);
    }

    @Override
    public Set<String> routes() {
        return labels.keySet();
    }

    @Override
    public Map<String, Object> description() {
        return Map.of("label", labels);
    }
}
