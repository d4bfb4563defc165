package dev.sluice.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.data.JsonComplaint;
import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The log of a run in training, one line of JSON a logged step ({@code metrics.jsonl}). Each line
 * is handed to the system as a whole when it is appended, so a reader sees it at once; a killed
 * process leaves at most one torn line at the end.
 *
 * <p>A checkpoint records {@link #offset}; a resumed run opens the log at that offset, which cuts
 * off the steps that it will make again. Not safe for use by several threads.
 */
public final class MetricsLog implements AutoCloseable {
    private static final List<String> FIXED =
            List.of("variant", "seed", "step", "examples", "seconds");

    private final Path file;
    private final FileChannel channel;

    private MetricsLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * One logged step: {@code examples} seen and {@code seconds} spent since the variant began, and
     * the values logged, by name ({@code loss} and others). A value that is not finite is null in
     * the file and NaN when read.
     */
    public record Line(
            String variant,
            long seed,
            long step,
            long examples,
            double seconds,
            Map<String, Double> values) {
        /** Copies the values in the order of their names. */
        public Line {
            values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
            for (String name : FIXED) {
                if (values.containsKey(name)) {
                    throw new IllegalArgumentException("a value cannot be called " + name);
                }
            }
        }
    }

    /**
     * Opens the log to append after byte {@code offset}: 0 for a new run, the offset of the
     * checkpoint for a resumed one. What stands after it is cut off.
     *
     * @throws RunException if the file has fewer bytes than that
     * @throws UncheckedIOException if the system refuses
     */
    @MustBeClosed
    public static MetricsLog open(Path file, long offset) {
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            long size = channel.size();
            if (size < offset) {
                channel.close();
                throw new RunException(
                        file, "file", offset + " bytes, as the checkpoint says", size + " bytes");
            }
            channel.truncate(offset).position(offset);
            return new MetricsLog(file, channel);
        } catch (IOException e) {
            throw FileProblem.of("cannot open " + file, e);
        }
    }

    /**
     * Appends one line.
     *
     * @throws UncheckedIOException if the system refuses
     */
    public void append(Line line) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("variant", line.variant());
        json.put("seed", line.seed());
        json.put("step", line.step());
        json.put("examples", line.examples());
        json.put("seconds", line.seconds());
        line.values().forEach((name, v) -> json.put(name, Double.isFinite(v) ? v : null));
        ByteBuffer bytes =
                ByteBuffer.wrap((Json.line(json) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot write " + file, e);
        }
    }

    /**
     * Forces all lines to disk and returns where the log ends: what a checkpoint records.
     *
     * @throws UncheckedIOException if the system refuses
     */
    public long offset() {
        try {
            channel.force(true);
            return channel.position();
        } catch (IOException e) {
            throw FileProblem.of("cannot write " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileProblem.of("cannot close " + file, e);
        }
    }

    /**
     * All lines of a log, also of one that is being written; a torn last line is left out.
     *
     * @throws RunException if a line before the last is damaged
     * @throws UncheckedIOException if the system refuses
     */
    public static List<Line> read(Path file) {
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + file, e);
        }
        List<Line> lines = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.add(parse(file, lines.size() + 1, text.substring(start, end)));
            start = end + 1;
        }
        return lines;
    }

    private static Line parse(Path file, int number, String text) {
        try {
            JsonNode json = Json.mapper().readTree(text);
            for (String name : FIXED) {
                if (!json.has(name)) {
                    throw new RunException(file, "line " + number, name, "a line without it");
                }
            }
            Map<String, Double> values = new TreeMap<>();
            json.fields()
                    .forEachRemaining(
                            field -> {
                                if (!FIXED.contains(field.getKey())) {
                                    values.put(
                                            field.getKey(), field.getValue().asDouble(Double.NaN));
                                }
                            });
            return new Line(
                    json.get("variant").asText(),
                    json.get("seed").asLong(),
                    json.get("step").asLong(),
                    json.get("examples").asLong(),
                    json.get("seconds").asDouble(),
                    values);
        } catch (JsonProcessingException e) {
            throw new RunException(file, "line " + number, "JSON", JsonComplaint.inWords(e));
        }
    }
}
