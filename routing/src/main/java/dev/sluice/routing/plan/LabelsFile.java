package dev.sluice.routing.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that gives the routes of examples by their numbers in the data set. Examples that it does
 * not list take none. In UTF-8, one example a line, empty lines skipped:
 *
 * <ul>
 *   <li>{@code .csv}: the header {@code example,route}, then lines such as {@code 17,low};
 *   <li>{@code .jsonl}: lines such as <code>{"example": 17, "route": "low"}</code>;
 *   <li>else text: lines such as {@code 17 low}; lines that start with # are comments.
 * </ul>
 */
public final class LabelsFile {
    private static final Pattern TEXT = Pattern.compile("(\\d+)\\s+(.*\\S)\\s*");
    private static final Pattern CSV = Pattern.compile("\\s*(\\d+)\\s*,\\s*([^,\"]*[^,\"\\s])\\s*");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String kind;
    private final Map<Long, Integer> routes = new HashMap<>();
    private final Map<Long, Integer> lines = new HashMap<>();
    private final Map<String, Integer> names = new LinkedHashMap<>();

    private LabelsFile(Path file) {
        this.file = file;
        String name = file.toString().toLowerCase(Locale.ROOT);
        kind = name.endsWith(".csv") ? "csv" : name.endsWith(".jsonl") ? "jsonl" : "text";
    }

    /**
     * The rule that such a file states.
     *
     * @throws PlanException if the file is missing or a line is malformed or repeats an example
     * @throws UncheckedIOException if the system will not let it be read
     */
    public static RoutingRule<Batch> read(Path file) {
        LabelsFile labels = new LabelsFile(file.toAbsolutePath().normalize());
        labels.read();
        return labels.rule();
    }

    private void read() {
        if (Files.isDirectory(file)) {
            throw wrong(0, "a file of labels", "a folder");
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            int number = 0;
            boolean header = kind.equals("csv");
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String content =
                        number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
                if (content.isBlank() || (kind.equals("text") && content.startsWith("#"))) {
                    continue;
                }
                if (header) {
                    header(number, content);
                    header = false;
                } else {
                    line(number, content);
                }
            }
        } catch (NoSuchFileException e) {
            throw wrong(0, "a file of labels", "no such file");
        } catch (CharacterCodingException e) {
            throw wrong(0, "text in UTF-8", "other bytes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (routes.isEmpty()) {
            throw wrong(0, "at least one example", "none");
        }
    }

    private void header(int number, String line) {
        if (!line.replace(" ", "").equals("example,route")) {
            throw wrong(number, "the header example,route", "'" + line + "'");
        }
    }

    private void line(int number, String line) {
        if (kind.equals("jsonl")) {
            json(number, line);
            return;
        }
        Matcher match = (kind.equals("csv") ? CSV : TEXT).matcher(line);
        if (!match.matches()) {
            throw wrong(
                    number,
                    "an example's number and a route, such as '17"
                            + (kind.equals("csv") ? "," : " ")
                            + "low'",
                    "'" + line + "'");
        }
        try {
            put(number, Long.parseLong(match.group(1)), match.group(2));
        } catch (NumberFormatException e) {
            throw wrong(number, "an example's number", match.group(1));
        }
    }

    private void json(int number, String line) {
        String form = "{\"example\": 17, \"route\": \"low\"}";
        try {
            JsonNode node = JSON.readTree(line);
            JsonNode example = node.path("example");
            JsonNode route = node.path("route");
            if (node.size() != 2
                    || !example.canConvertToLong()
                    || !example.isIntegralNumber()
                    || example.longValue() < 0
                    || !route.isTextual()) {
                throw wrong(number, form, line);
            }
            put(number, example.longValue(), route.textValue());
        } catch (JsonProcessingException e) {
            throw wrong(number, form, ParserComplaint.of(e).problem());
        }
    }

    private void put(int number, long example, String route) {
        if (route.isBlank() || route.equals(dev.sluice.routing.Route.OTHERS)) {
            throw wrong(number, "the name of a route", "'" + route + "'");
        }
        Integer before = lines.put(example, number);
        if (before != null) {
            throw wrong(
                    number,
                    "each example once",
                    "example " + example + ", which line " + before + " has");
        }
        names.putIfAbsent(route, names.size());
        routes.put(example, names.getOrDefault(route, 0));
    }

    private PlanException wrong(int line, String expected, String found) {
        return new PlanException(file, line, 0, "", expected, found);
    }

    private RoutingRule<Batch> rule() {
        List<String> order = List.copyOf(names.keySet());
        return new RoutingRule<>() {
            @Override
            public Assignment assign(Batch batch) {
                int[] ids = new int[batch.size()];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = routes.getOrDefault(batch.example(i), -1);
                }
                return Assignment.of(order, ids, ids.length);
            }

            @Override
            public Set<String> routes() {
                return new LinkedHashSet<>(order);
            }

            @Override
            public Map<String, Object> description() {
                return Map.of("labels_file", file.toString());
            }
        };
    }
}
