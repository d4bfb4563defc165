package dev.sluice.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.sluice.routing.Names;
import dev.sluice.training.RunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run's options from a file; options on the command line win. */
record RunConfig(
        @JsonProperty("preset") @Nullable String presetOrNull,
        @JsonProperty("variants") @Nullable List<String> variantsOrNull,
        @JsonProperty("seeds") @Nullable Integer seeds,
        @JsonProperty("data") @Nullable String data,
        @JsonProperty("set") @Nullable Map<String, JsonNode> setOrNull) {
    static final RunConfig EMPTY = new RunConfig(null, null, null, null, null);
    private static final List<String> KEYS = List.of("preset", "variants", "seeds", "data", "set");

    static RunConfig read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RunException(file, "file", "a configuration file", "no such file");
        }
        ObjectMapper yaml =
                new ObjectMapper(new YAMLFactory())
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        try {
            RunConfig config = yaml.readValue(file.toFile(), RunConfig.class);
            return config == null ? EMPTY : config;
        } catch (UnrecognizedPropertyException e) {
            throw new RunException(
                    file, line(e), "a key of " + KEYS, Names.unknown("key", e.getPropertyName(), KEYS));
        } catch (JsonProcessingException e) {
            throw new RunException(file, line(e), "YAML with the keys " + KEYS, e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String line(JsonProcessingException e) {
        return e.getLocation() == null ? "content" : "line " + e.getLocation().getLineNr();
    }

    String preset(String given) {
        return presetOrNull == null || !given.equals("quick") ? given : presetOrNull;
    }

    List<String> variants() {
        return variantsOrNull == null ? List.of() : variantsOrNull;
    }

    Map<String, List<String>> set() {
        Map<String, List<String>> set = new LinkedHashMap<>();
        if (setOrNull != null) {
            setOrNull.forEach(
                    (key, value) -> {
                        List<String> values = new java.util.ArrayList<>();
                        if (value.isArray()) {
                            value.forEach(v -> values.add(v.asText()));
                        } else {
                            values.add(value.asText());
                        }
                        set.put(key, values);
                    });
        }
        return set;
    }
}
