package dev.sluice.routing.plan;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Objects;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * What a reader of YAML or JSON complains of, as one line for a person, and the one place where it
 * is: the readers' own messages draw excerpts and name a second place.
 *
 * @param line from 1; 0: unknown
 * @param column from 1; 0: unknown
 */
public record ParserComplaint(int line, int column, String problem) {
    /** The complaint of a parser. */
    public static ParserComplaint of(JsonProcessingException e) {
        return e.getCause() instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null
                ? of(yaml, yaml.getProblemMark())
                : of(Objects.requireNonNullElse(e.getLocation(), JsonLocation.NA), e);
    }

    private static ParserComplaint of(MarkedYAMLException yaml, Mark at) {
        Mark begins = yaml.getContextMark();
        String within =
                begins == null || begins.getLine() == at.getLine()
                        ? ""
                        : ", "
                                + yaml.getContext()
                                + " that begins in line "
                                + (begins.getLine() + 1);
        return new ParserComplaint(
                at.getLine() + 1, at.getColumn() + 1, firstLine(yaml.getProblem()) + within);
    }

    private static ParserComplaint of(JsonLocation at, JsonProcessingException e) {
        return new ParserComplaint(
                Math.max(at.getLineNr(), 0),
                Math.max(at.getColumnNr(), 0),
                firstLine(e.getOriginalMessage()));
    }

    /** Without what Jackson says in brackets of where the file came from. */
    static String firstLine(String complaint) {
        return complaint
                .replaceFirst("(?s) \\([^()]*\\[Source: .*", "")
                .strip()
                .lines()
                .findFirst()
                .orElse("something else");
    }
}
