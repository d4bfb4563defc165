package dev.sluice.routing;

import java.util.regex.Pattern;

/**
 * The name of a hook point or parameter, or a glob over such names: {@code *} stands for any
 * characters but a dot, {@code **} for any at all, as in {@code blocks.*.mlp.hook_post}.
 */
public record HookName(String pattern) {
    /** A name or glob. */
    public static HookName of(String pattern) {
        return new HookName(pattern);
    }

    /** Whether a full dotted name matches. */
    public boolean matches(String name) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.split("(?<=\\*)(?!\\*)|(?<!\\*)(?=\\*)", -1)) {
            switch (part) {
                case "*" -> regex.append("[^.]*");
                case "**" -> regex.append(".*");
                default -> regex.append(Pattern.quote(part));
            }
        }
        return name.matches(regex.toString());
    }

    @Override
    public String toString() {
        return pattern;
    }
}
