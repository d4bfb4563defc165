package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.GeneratedDigits;
import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What one command left: exit code and both streams. Whatever it did, it printed no stack trace.
 */
record Invocation(int exitCode, String out, String err) {
    static Invocation of(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream toOut = new ByteArrayOutputStream();
        ByteArrayOutputStream toErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
            int code = Main.execute(arguments);
            return new Invocation(
                            code,
                            toOut.toString(StandardCharsets.UTF_8),
                            toErr.toString(StandardCharsets.UTF_8))
                    .withoutTrace();
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    Invocation withoutTrace() {
        assertFalse(err.contains("\tat ") || err.contains("Exception in thread"), err);
        return this;
    }

    Invocation exits(int code) {
        assertEquals(code, exitCode, () -> "standard error:\n" + err);
        return this;
    }

    Invocation errs(String... parts) {
        for (String part : parts) {
            assertEquals(true, err.contains(part), () -> "expected " + part + " in:\n" + err);
        }
        return this;
    }

    String lastLine() {
        List<String> lines = out.lines().toList();
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    /** Standard output, one JSON document. */
    JsonNode document() throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (JsonParser parser = json.createParser(out)) {
            JsonNode document = json.readTree(parser);
            assertEquals(null, parser.nextToken(), "more than one document");
            return document;
        }
    }

    /** The arguments of a run of a second or two in {@code out}, and more. */
    static String[] tinyRun(Path data, Path out, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of("run", "split-digits", "--preset", "smoke", "--threads", "1"));
        arguments.addAll(List.of("--data", data.toString(), "--out", out.toString()));
        arguments.addAll(List.of("--set", "images=512", "--set", "hidden=16"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** 512 and 100 digits as the files that a user would bring. */
    static Path digits(Path folder) throws IOException {
        Files.createDirectories(folder);
        ImageData data = GeneratedDigits.generate(3, 512, 100);
        write(folder, "train", data.train());
        write(folder, "t10k", data.test());
        return folder;
    }

    private static void write(Path folder, String part, ImageSet set) throws IOException {
        int n = set.size();
        Files.write(
                folder.resolve(part + "-images-idx3-ubyte"),
                ByteBuffer.allocate(16 + n * set.height() * set.width())
                        .putInt(0x803)
                        .putInt(n)
                        .putInt(set.height())
                        .putInt(set.width())
                        .put(set.images())
                        .array());
        Files.write(
                folder.resolve(part + "-labels-idx1-ubyte"),
                ByteBuffer.allocate(8 + n).putInt(0x801).putInt(n).put(set.labels()).array());
    }
}
