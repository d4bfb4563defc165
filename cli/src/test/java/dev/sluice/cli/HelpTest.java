package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class HelpTest {
    private static Stream<String> first() {
        return new CommandLine(new Main())
                .getSubcommands().keySet().stream().filter(c -> !c.equals("help"));
    }

    private static Stream<String> below(String command) {
        CommandLine line =
                Objects.requireNonNull(new CommandLine(new Main()).getSubcommands().get(command));
        return line.getSubcommands().keySet().stream().map(c -> command + " " + c);
    }

    /** Every command of ours, those below another, and the whole. */
    static Stream<String> commands() {
        return Stream.concat(
                Stream.of(""), first().flatMap(c -> Stream.concat(Stream.of(c), below(c))));
    }

    private static Invocation help(String command) {
        return command.isEmpty()
                ? Invocation.of("--help").exits(0)
                : Invocation.of((command + " --help").split(" ", -1)).exits(0);
    }

    private static List<String> examples(String command) {
        List<String> lines = help(command).out().lines().toList();
        return lines.subList(lines.indexOf("Examples:") + 1, lines.size()).stream()
                .filter(l -> l.matches("  ((\\./)?|.* \\| )sluice .*"))
                .map(l -> l.substring(l.indexOf("sluice ")))
                .toList();
    }

    /** As a shell splits it. */
    private static String[] words(String example) {
        return Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(example)
                .results()
                .map(m -> m.group(1) == null ? m.group(2) : m.group(1))
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpFitsEightyColumns(String command) {
        Invocation help = help(command);
        help.out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
        assertEquals("", help.err());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpShowsAtLeastTwoExamplesThatTheCommandLineTakes(String command) {
        List<String> examples = examples(command);
        assertTrue(examples.size() >= 2, () -> command + ": " + examples);
        for (String example : examples) {
            String[] words = words(example);
            assertTrue(example.startsWith("sluice " + command), example);
            if (!command.equals("test")) {
                new CommandLine(new Main()).parseArgs(Arrays.copyOfRange(words, 1, words.length));
            }
        }
    }

    @Test
    void theListOfCommandsHasOneSentenceForEach() {
        String help = help("").out();
        first().forEach(c -> assertTrue(help.matches("(?s).*\n  " + c + " +[A-Z].*"), c));
    }

    @Test
    void versionIsOneLine() {
        assertTrue(Invocation.of("--version").exits(0).out().matches("sluice \\S+\n"));
        assertEquals(Invocation.of("--version").out(), Invocation.of("bench", "--version").out());
    }
}
