package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class HelpTest {
    /** Every command of ours, and the whole. */
    static Stream<String> commands() {
        return Stream.concat(
                Stream.of(""),
                new CommandLine(new Main())
                        .getSubcommands().keySet().stream().filter(c -> !c.equals("help")));
    }

    private static Invocation help(String command) {
        return command.isEmpty()
                ? Invocation.of("--help").exits(0)
                : Invocation.of(command, "--help").exits(0);
    }

    private static List<String> examples(String command) {
        List<String> lines = help(command).out().lines().toList();
        return lines.subList(lines.indexOf("Examples:") + 1, lines.size()).stream()
                .filter(l -> l.matches("  (\\./)?sluice .*"))
                .map(String::strip)
                .toList();
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
            String[] words = example.split(" ", -1);
            assertTrue(command.isEmpty() || words[1].equals(command), example);
            if (!command.equals("test")) {
                new CommandLine(new Main()).parseArgs(Arrays.copyOfRange(words, 1, words.length));
            }
        }
    }

    @Test
    void theListOfCommandsHasOneSentenceForEach() {
        String help = help("").out();
        commands()
                .filter(c -> !c.isEmpty())
                .forEach(c -> assertTrue(help.matches("(?s).*\n  " + c + " +[A-Z].*"), c));
    }

    @Test
    void versionIsOneLine() {
        assertTrue(Invocation.of("--version").exits(0).out().matches("sluice \\S+\n"));
        assertEquals(Invocation.of("--version").out(), Invocation.of("bench", "--version").out());
    }
}
