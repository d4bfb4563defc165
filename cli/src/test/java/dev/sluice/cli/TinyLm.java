package dev.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Trainings of a language model of a second or two. */
final class TinyLm {
    static final ObjectMapper JSON = new ObjectMapper();

    private TinyLm() {}

    /** The arguments of one into {@code out}, and more. */
    static String[] train(Path out, String... more) {
        String[] small = {
            "lm",
            "train",
            "--preset",
            "smoke",
            "--threads",
            "1",
            "--out",
            out.toString(),
            "--layers",
            "2",
            "--width",
            "16",
            "--heads",
            "2",
            "--batch",
            "4",
            "--context",
            "24",
            "--set",
            "documents=300",
            "--set",
            "validation_rows=8",
            "--set",
            "sample_tokens=6"
        };
        return Stream.of(small, more).flatMap(Stream::of).toArray(String[]::new);
    }

    /** What a command prints that exits with 0. */
    static JsonNode json(String... arguments) throws IOException {
        return Invocation.of(arguments).exits(0).document();
    }
}
