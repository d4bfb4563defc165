package dev.sluice.data.text.tokens;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Labels by number, in the order in which they first occur. */
final class LabelTable {
    static final int NONE = -1;

    private final Map<String, Integer> numbers = new HashMap<>();

    int number(Optional<String> label) {
        return label.map(l -> numbers.computeIfAbsent(l, k -> numbers.size())).orElse(NONE);
    }

    List<String> labels() {
        return numbers.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableList());
    }
}
