package dev.sluice.routing.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a YAML reader complains of, as one line for a person. */
public final class YamlComplaint {
    private static final Pattern DRAWN =
            Pattern.compile(
                    "(?s)(?<context>while [^\\n]*)\\n in [^\\n]*, line (?<line>\\d+), column"
                            + " \\d+:\\n.*?\\^\\s*\\n(?<problem>[^\\n]*)\\n in .*");

    private YamlComplaint() {}

    /**
     * The complaint without the excerpts from the file that it draws: what was missed, then within
     * what, and where that begins.
     */
    public static String inWords(String complaint) {
        Matcher drawn = DRAWN.matcher(complaint.strip() + "\n");
        return drawn.matches()
                ? drawn.group("problem")
                        + ", "
                        + drawn.group("context")
                        + " that begins in line "
                        + drawn.group("line")
                : complaint.lines().map(String::strip).reduce((a, b) -> a + "; " + b).orElse("");
    }
}
