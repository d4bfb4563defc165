package dev.sluice.experiments.text;

import dev.sluice.routing.RoutingRule;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words that a rule names, from its description in the language of plan files. */
final class RuleWords {
    private final Set<String> words = new LinkedHashSet<>();

    private RuleWords() {}

    /** As they are written there, leading spaces included. */
    static List<String> of(RoutingRule<?> rule) {
        RuleWords all = new RuleWords();
        all.rule(rule.description());
        return List.copyOf(all.words);
    }

    private void rule(Map<?, ?> rule) {
        rule.forEach(
                (key, value) -> {
                    switch (String.valueOf(key)) {
                        case "tokens" -> ((Map<?, ?>) value).keySet().forEach(this::word);
                        case "phrases", "sequence_if" ->
                                ((Map<?, ?>) value)
                                        .values()
                                        .forEach(
                                                list -> ((Collection<?>) list).forEach(this::word));
                        case "mixture", "largest" -> ((Collection<?>) value).forEach(this::within);
                        default -> {}
                    }
                });
    }

    private void within(Object part) {
        Map<?, ?> rule = (Map<?, ?>) part;
        rule(rule.get("by") instanceof Map<?, ?> by ? by : rule);
    }

    private void word(Object word) {
        words.add(String.valueOf(word instanceof Map<?, ?> phrase ? phrase.get("text") : word));
    }
}
