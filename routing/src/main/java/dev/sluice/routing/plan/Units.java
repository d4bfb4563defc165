package dev.sluice.routing.plan;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Units of an axis as plan files write them, the last one included: {@code 16-31}, or {@code 7}.
 */
record Units(int from, int to) {
    static final String FORM = "units such as 16-31 or 7, the smaller number first";

    private static final Pattern PATTERN = Pattern.compile("(\\d{1,9})(?:\\s*-\\s*(\\d{1,9}))?");

    static Optional<Units> parse(String text) {
        Matcher match = PATTERN.matcher(text.strip());
        if (!match.matches()) {
            return Optional.empty();
        }
        int first = Integer.parseInt(match.group(1));
        int last = match.group(2) == null ? first : Integer.parseInt(match.group(2));
        return last < first ? Optional.empty() : Optional.of(new Units(first, last + 1));
    }

    static Units of(PlanNode node) {
        String text = node.isText() ? node.text() : "" + node.integer(0, 999_999_999);
        return parse(text).orElseThrow(() -> node.wrong(FORM));
    }

    boolean overlaps(Units other) {
        return from < other.to && other.from < to;
    }

    @Override
    public String toString() {
        return to == from + 1 ? "" + from : from + "-" + (to - 1);
    }
}
