package dev.sluice.routing.plan;

import dev.sluice.engine.Names;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value in a plan file that knows where it stands, so that every complaint about it can say so.
 * What a {@link RuleReader} gets to read. Immutable.
 */
public final class PlanNode {
    /** Where a value stands. */
    record Position(Path file, int line, int column, String place) {
        PlanException wrong(String expected, String found) {
            return new PlanException(file, line, column, place, expected, found);
        }
    }

    private final Position position;
    private final Position key;
    private final @Nullable Object value;

    /**
     * A value.
     *
     * @param key where its key stands, or it itself where it has none
     * @param value a map of nodes, a list of nodes, String, Number, Boolean or null
     */
    PlanNode(Position position, Position key, @Nullable Object value) {
        this.position = position;
        this.key = key;
        this.value = value;
    }

    /** The error that something else is expected here. */
    public PlanException wrong(String expected) {
        return wrong(expected, toString());
    }

    /** The error that something else is expected here than what was found. */
    public PlanException wrong(String expected, String found) {
        return position.wrong(expected, found);
    }

    /** The error that the key of this value is wrong. */
    PlanException wrongKey(String expected, String found) {
        return key.wrong(expected, found);
    }

    /** The keys and values, in the order of the file. */
    public Map<String, PlanNode> mapping() {
        if (value instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<String, PlanNode> map = (Map<String, PlanNode>) value;
            return map;
        }
        throw wrong("a mapping");
    }

    /** The keys and values, none of which may have a key outside {@code allowed}. */
    public Map<String, PlanNode> mapping(Collection<String> allowed) {
        Map<String, PlanNode> map = mapping();
        for (Map.Entry<String, PlanNode> entry : map.entrySet()) {
            if (!allowed.contains(entry.getKey())) {
                throw entry.getValue()
                        .wrongKey(
                                "one of the keys " + String.join(", ", allowed),
                                Names.unknown("key", entry.getKey(), allowed));
            }
        }
        return map;
    }

    /** The value of a key of this mapping. */
    public PlanNode get(String name) {
        PlanNode node = mapping().get(name);
        if (node == null) {
            Set<String> keys = mapping().keySet();
            throw wrong(
                    "the key " + name,
                    keys.isEmpty() ? "no key" : "only " + String.join(", ", keys));
        }
        return node;
    }

    /** Whether this is a mapping. */
    public boolean isMapping() {
        return value instanceof Map;
    }

    /** Whether this is a list. */
    public boolean isList() {
        return value instanceof List;
    }

    /** Whether this is text. */
    public boolean isText() {
        return value instanceof String;
    }

    /** The elements. */
    public List<PlanNode> list() {
        if (value instanceof List<?>) {
            @SuppressWarnings("unchecked")
            List<PlanNode> list = (List<PlanNode>) value;
            return list;
        }
        throw wrong("a list");
    }

    /** The text, which is not blank. */
    public String text() {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong("text");
    }

    /** The number, which is finite. */
    public double number() {
        Double number = null;
        if (value instanceof Number n) {
            number = n.doubleValue();
        } else if (value instanceof String text
                && text.matches("[-+]?\\d+(\\.\\d*)?[eE][-+]?\\d+")) {
            number = Double.valueOf(text);
        }
        if (number == null || !Double.isFinite(number)) {
            throw wrong("a finite number");
        }
        return number;
    }

    /** The number, which lies within bounds. */
    public double number(double from, double to) {
        double number = number();
        if (number < from || number > to) {
            throw wrong("a number from " + from + " to " + to);
        }
        return number;
    }

    /** The whole number, which lies within bounds. */
    public long integer(long from, long to) {
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= from
                && ((Number) value).longValue() <= to) {
            return ((Number) value).longValue();
        }
        throw wrong("a whole number from " + from + " to " + to);
    }

    /** Whether the content is the same, wherever it stands. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PlanNode node && Objects.equals(value, node.value);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(value);
    }

    /** The content in a few words. */
    @Override
    public String toString() {
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty() ? "an empty mapping" : "a mapping";
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "an empty list" : "a list";
        }
        if (value instanceof String text) {
            return "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'";
        }
        return value == null ? "nothing" : value.toString();
    }
}
