package dev.sluice.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trial as it stands after a step.
 *
 * @param tensors weights and optimiser state by unique names
 * @param values counters, generator states and the like: anything that Jackson writes and reads
 */
public record TrialState(Map<String, Tensor> tensors, Map<String, Object> values) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The tensors whose names begin with {@code prefix}, without it. */
    public Map<String, Tensor> part(String prefix) {
        Map<String, Tensor> part = new LinkedHashMap<>();
        tensors.forEach(
                (name, t) -> {
                    if (name.startsWith(prefix)) {
                        part.put(name.substring(prefix.length()), t);
                    }
                });
        return part;
    }

    /**
     * A value in the type it was saved with.
     *
     * @throws IllegalArgumentException if it is missing or of another kind
     */
    public <T> T value(String key, Class<T> type) {
        Object value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("the saved state lacks '" + key + "'");
        }
        return JSON.convertValue(value, type);
    }

    /** A whole number. */
    public long number(String key) {
        return value(key, Long.class);
    }
}
