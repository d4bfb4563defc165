package dev.sluice.routing.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.sluice.routing.plan.PlanNode.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns YAML or JSON into nodes that know their lines. Aliases and tags are refused: no file can
 * blow up while it is read.
 */
final class PlanParser {
    private static final int DEPTH = 40;

    private final Path file;
    private final JsonParser parser;
    private JsonLocation last = JsonLocation.NA;

    private PlanParser(Path file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * The one value in a text.
     *
     * @param kind what it is to be, for complaints: a plan or a rule
     */
    static PlanNode parse(String text, Path file, String kind) {
        boolean json = file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
        JsonFactory factory = json ? new JsonFactory() : new YAMLFactory();
        try (JsonParser parser = factory.createParser(new WholeCharacters(text))) {
            return new PlanParser(file, parser).document(kind);
        } catch (IOException e) {
            throw new PlanException(file, 0, 0, "", "text that can be read", e.toString());
        }
    }

    private PlanNode document(String kind) {
        if (next() == null) {
            throw here("").wrong("a " + kind, "an empty file");
        }
        PlanNode root = node(here(""), "", 0);
        if (next() != null) {
            throw here("").wrong("the end of the file: one " + kind + " a file", "more");
        }
        return root;
    }

    /** The next token, or null at the end. The parser's own complaints get our form. */
    private @Nullable JsonToken next() {
        try {
            JsonToken token = parser.nextToken();
            last = parser.currentTokenLocation();
            return token;
        } catch (JsonProcessingException e) {
            throw malformed(ParserComplaint.of(e));
        } catch (IOException | RuntimeException e) {
            throw malformed(e);
        }
    }

    /** At the last token, because the parser does not say where it was. */
    private PlanException malformed(Exception e) {
        return malformed(
                new ParserComplaint(
                        Math.max(last.getLineNr(), 0),
                        Math.max(last.getColumnNr(), 0),
                        ParserComplaint.firstLine(String.valueOf(e.getMessage()))));
    }

    private PlanException malformed(ParserComplaint complaint) {
        return new PlanException(
                file,
                complaint.line(),
                complaint.column(),
                "",
                parser instanceof YAMLParser ? "YAML" : "JSON",
                complaint.problem());
    }

    private Position here(String place) {
        return new Position(
                file, Math.max(last.getLineNr(), 0), Math.max(last.getColumnNr(), 0), place);
    }

    private PlanNode node(Position key, String place, int depth) {
        Position position = here(place);
        refuseTricks(position);
        if (depth > DEPTH) {
            throw position.wrong("at most " + DEPTH + " values within each other", "more");
        }
        JsonToken token = parser.currentToken();
        return new PlanNode(
                position,
                key,
                switch (token) {
                    case START_OBJECT -> mapping(place, depth);
                    case START_ARRAY -> list(place, depth);
                    default -> scalar(position, token);
                });
    }

    private void refuseTricks(Position position) {
        try {
            if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                throw position.wrong("a value", "the alias *" + parser.getText());
            }
            if (parser.canReadTypeId() && parser.getTypeId() != null) {
                throw position.wrong("a value without a tag", "!" + parser.getTypeId());
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private Map<String, PlanNode> mapping(String place, int depth) {
        Map<String, PlanNode> map = new LinkedHashMap<>();
        while (next() != JsonToken.END_OBJECT) {
            String name = fieldName(place);
            String inner = place.isEmpty() ? name : place + "." + name;
            Position key = here(inner);
            refuseTricks(key);
            if (map.containsKey(name)) {
                throw key.wrong("each key once", name + " a second time");
            }
            next();
            map.put(name, node(key, inner, depth + 1));
        }
        return java.util.Collections.unmodifiableMap(map);
    }

    private String fieldName(String place) {
        try {
            String name = parser.currentName();
            if (parser.currentToken() != JsonToken.FIELD_NAME || name == null) {
                throw here(place).wrong("a key", String.valueOf(parser.currentToken()));
            }
            return name;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private List<PlanNode> list(String place, int depth) {
        List<PlanNode> list = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            String inner = place + "[" + list.size() + "]";
            list.add(node(here(inner), inner, depth + 1));
        }
        return List.copyOf(list);
    }

    private @Nullable Object scalar(Position position, @Nullable JsonToken token) {
        if (token == null) {
            throw position.wrong("a value", "the end of the file");
        }
        try {
            return switch (token) {
                case VALUE_STRING -> parser.getText();
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
                case VALUE_TRUE -> Boolean.TRUE;
                case VALUE_FALSE -> Boolean.FALSE;
                case VALUE_NULL -> null;
                default -> throw position.wrong("a value", token.toString());
            };
        } catch (IOException | IllegalArgumentException e) {
            throw position.wrong("a number that a computer can hold", "one that it cannot");
        }
    }
}
