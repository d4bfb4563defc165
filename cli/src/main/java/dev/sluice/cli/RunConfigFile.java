package dev.sluice.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.sluice.data.Datasets;
import dev.sluice.engine.FileProblem;
import dev.sluice.engine.Names;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.Experiment;
import dev.sluice.experiments.UsageException;
import dev.sluice.routing.plan.ParserComplaint;
import dev.sluice.routing.plan.WholeCharacters;
import dev.sluice.training.RunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run's options in a YAML file; what does not fit is told with its line. */
final class RunConfigFile {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final List<String> KEYS =
            Arrays.stream(RunConfig.class.getRecordComponents())
                    .map(
                            c ->
                                    c.getName().equals("checkpointEvery")
                                            ? "checkpoint_every"
                                            : c.getName())
                    .toList();

    /** Data that every setting fits, where the file names none: the command line may. */
    private static final RunConfig ANY_DATA =
            new RunConfig(null, null, null, null, null, Datasets.GENERATED, null, null, null, null);

    private final Path file;
    private final ObjectNode tree;
    private final Map<String, Integer> lines;

    private RunConfigFile(Path file, ObjectNode tree, Map<String, Integer> lines) {
        this.file = file;
        this.tree = tree;
        this.lines = lines;
    }

    /**
     * What a file says, checked.
     *
     * @param experiment what the command line names; null: the file must
     * @throws RunException if the file is missing, is not YAML, or says what does not fit
     */
    static RunConfig read(Path file, @Nullable String experiment) {
        if (!Files.isRegularFile(file)) {
            throw new RunException(file, "file", "a configuration file", FileProblem.missing(file));
        }
        try {
            String text = Files.readString(file);
            JsonNode tree = YAML.readTree(new WholeCharacters(text));
            if (!(tree instanceof ObjectNode keys)) {
                throw new RunException(file, "line 1", "keys and values", "neither");
            }
            return new RunConfigFile(file, keys, lines(text)).config(experiment);
        } catch (CharacterCodingException e) {
            throw new RunException(file, "content", "text in UTF-8", "other bytes");
        } catch (JsonProcessingException e) {
            ParserComplaint complaint = ParserComplaint.of(e);
            String place = complaint.line() == 0 ? "content" : "line " + complaint.line();
            throw new RunException(file, place, "YAML", complaint.problem());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The line of each key; those under {@code set} as {@code set.KEY}. */
    private static Map<String, Integer> lines(String text) throws IOException {
        Map<String, Integer> lines = new LinkedHashMap<>();
        try (JsonParser parser = YAML.createParser(new WholeCharacters(text))) {
            int depth = 0;
            String top = "";
            for (JsonToken t = parser.nextToken(); t != null; t = parser.nextToken()) {
                depth += t.isStructStart() ? 1 : t.isStructEnd() ? -1 : 0;
                if (t == JsonToken.FIELD_NAME && depth <= 2) {
                    top = depth == 1 ? parser.currentName() : top;
                    lines.putIfAbsent(
                            depth == 1 ? top : top + "." + parser.currentName(),
                            parser.currentTokenLocation().getLineNr());
                }
            }
        }
        return lines;
    }

    private RunConfig config(@Nullable String named) {
        String own = tree.path("experiment").asText();
        if (named == null && own.isEmpty()) {
            throw new RunException(file, "content", "the key 'experiment'", "none");
        }
        if (named != null && !own.isEmpty() && !named.equals(own)) {
            throw problem("experiment", named, own);
        }
        Experiment experiment;
        try {
            experiment = Catalogue.experiment(named == null ? own : named);
        } catch (UsageException e) {
            throw named == null ? problem("experiment", "an experiment", "" + e.getMessage()) : e;
        }
        JsonNode settings = tree.path("set");
        for (Map.Entry<String, JsonNode> e : tree.properties()) {
            if (!e.getKey().equals("set") || !settings.isObject()) {
                check(e.getKey(), single(e.getKey(), e.getValue()), experiment);
            }
        }
        settings.properties().forEach(setting -> set(setting, experiment));
        return check("seed", tree, experiment);
    }

    /** A setting beside what decides whether it fits: the variants and the data. */
    private void set(Map.Entry<String, JsonNode> setting, Experiment experiment) {
        ObjectNode keys = single("set", single(setting.getKey(), setting.getValue()));
        for (String beside : List.of("variants", "data")) {
            if (tree.has(beside)) {
                keys.set(beside, tree.get(beside));
            }
        }
        check("set." + setting.getKey(), keys, experiment);
    }

    private static ObjectNode single(String key, JsonNode value) {
        return YAML.createObjectNode().set(key, value);
    }

    /** The configuration of these keys, if it can be run. */
    private RunConfig check(String place, ObjectNode keys, Experiment experiment) {
        try {
            RunConfig config = YAML.treeToValue(keys, RunConfig.class);
            config.over(ANY_DATA).request(experiment, line -> {});
            return config;
        } catch (UsageException e) {
            throw problem(place, "a value that fits", "" + e.getMessage());
        } catch (UnrecognizedPropertyException e) {
            throw problem(place, "a key of a run", Names.unknown("key", e.getPropertyName(), KEYS));
        } catch (JsonProcessingException e) {
            throw problem(place, kind(place), "" + keys.path(place));
        }
    }

    private RunException problem(String key, String expected, String found) {
        Integer line = lines.get(key);
        return new RunException(file, line == null ? "content" : "line " + line, expected, found);
    }

    private static String kind(String key) {
        return switch (key) {
            case "seed", "seeds", "threads", "checkpoint_every" -> "a whole number as " + key;
            case "variants" -> "a list of names as variants";
            case "set" -> "settings by their key under set";
            default -> "one word as " + key;
        };
    }
}
