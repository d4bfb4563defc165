package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import dev.sluice.experiments.RunView;
import dev.sluice.training.MetricsLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CSV and TensorBoard files, read back by other means than they were written. */
class MetricsExportTest {
    @TempDir private static Path temp = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static RunView run;

    @BeforeAll
    static void runOnce() {
        Map<String, List<String>> sweep =
                Map.of("l1", List.of("1e-3", "2e-3"), "correlation", List.of("0", "0.1"));
        run = TinyRun.of(temp.resolve("run"), List.of("routed"), sweep);
    }

    private static Path export(ExportFormat format) {
        return new Export(format, null, null, null).of(run, () -> TinyRun.DATA);
    }

    /** Fields of a line, by the rules of RFC 4180. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    private static List<List<String>> table(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(MetricsExportTest::fields).toList();
    }

    @Test
    void every_value_of_the_summary_is_a_line_of_metrics() throws IOException {
        List<List<String>> lines = table(export(ExportFormat.CSV).resolve("metrics.csv"));
        assertEquals(List.of("variant", "seed", "metric", "value"), lines.get(0));
        Map<List<String>, Double> found = new TreeMap<>((a, b) -> ("" + a).compareTo("" + b));
        lines.stream().skip(1).forEach(l -> found.put(l.subList(0, 3), number(l.get(3))));
        int expected = 0;
        for (String variant : run.variants()) {
            assertTrue(variant.contains(","), variant);
            var metrics = run.summary().at("/variants").path(variant).path("metrics");
            for (var m : metrics.properties()) {
                for (int seed = 0; seed < 2; seed++) {
                    double value = m.getValue().path("values").path(seed).asDouble(Double.NaN);
                    assertEquals(value, found.get(List.of(variant, "" + seed, m.getKey())));
                    expected++;
                }
            }
        }
        assertEquals(expected, lines.size() - 1);
    }

    private static double number(String field) {
        return field.isEmpty() ? Double.NaN : Double.parseDouble(field);
    }

    @Test
    void every_logged_value_is_a_line_of_steps() throws IOException {
        List<List<String>> lines = table(export(ExportFormat.CSV).resolve("steps.csv"));
        int at = 1;
        for (MetricsLog.Line l : run.metrics()) {
            for (Map.Entry<String, Double> v : l.values().entrySet()) {
                List<String> line = lines.get(at++);
                assertEquals(
                        List.of(l.variant(), "" + l.seed(), "" + l.step(), "" + l.examples()),
                        line.subList(0, 4));
                assertEquals(v.getKey(), line.get(5));
                assertEquals(v.getValue(), number(line.get(6)));
            }
        }
        assertEquals(at, lines.size());
    }

    @Test
    void events_have_the_bytes_that_tensorboard_itself_writes(@TempDir Path folder)
            throws IOException {
        EventWriter events = new EventWriter();
        events.begin(1.5);
        events.scalars(2.25, 7, Map.of("loss", 0.25));
        events.save(folder.resolve("events"));
        String tensorboard =
                "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a32"
                        + "2a28646c1a00000000000000129bd82d09000000000000024010072a0d0a0b0a046c6f7373"
                        + "150000803e66933828";
        byte[] written = Files.readAllBytes(folder.resolve("events"));
        assertEquals(tensorboard, HexFormat.of().formatHex(written));
    }

    @Test
    void each_variant_and_seed_has_its_curve_in_a_folder_of_its_own() throws IOException {
        Path folder = export(ExportFormat.TENSORBOARD);
        for (String variant : run.variants()) {
            for (long seed = 0; seed < 2; seed++) {
                long one = seed;
                List<MetricsLog.Line> lines =
                        run.metrics().stream()
                                .filter(l -> l.variant().equals(variant) && l.seed() == one)
                                .toList();
                List<Map.Entry<Long, Float>> expected =
                        lines.stream().map(l -> Map.entry(l.step(), loss(l))).toList();
                assertEquals(expected, curve(folder.resolve(variant + "-" + seed), "loss"));
            }
        }
    }

    private static float loss(MetricsLog.Line line) {
        return Objects.requireNonNull(line.values().get("loss")).floatValue();
    }

    /** Steps and values of a tag, with every frame's sums checked bit by bit. */
    private static List<Map.Entry<Long, Float>> curve(Path folder, String tag) throws IOException {
        List<Map.Entry<Long, Float>> curve = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            ByteBuffer in =
                    ByteBuffer.wrap(Files.readAllBytes(files.findFirst().orElseThrow()))
                            .order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                byte[] length = new byte[8];
                in.mark().get(length).reset();
                byte[] content = new byte[(int) in.getLong()];
                assertEquals(masked(length), in.getInt());
                in.get(content);
                assertEquals(masked(content), in.getInt());
                event(content, tag, curve);
            }
        }
        return curve;
    }

    private static void event(byte[] bytes, String tag, List<Map.Entry<Long, Float>> curve)
            throws IOException {
        CodedInputStream event = CodedInputStream.newInstance(bytes);
        long step = 0;
        for (int t = event.readTag(); t != 0; t = event.readTag()) {
            if (t >>> 3 == 2) {
                step = event.readInt64();
            } else if (t >>> 3 == 5) {
                CodedInputStream summary = CodedInputStream.newInstance(event.readByteArray());
                while (summary.readTag() != 0) {
                    CodedInputStream v = CodedInputStream.newInstance(summary.readByteArray());
                    v.readTag();
                    String name = v.readString();
                    v.readTag();
                    float value = v.readFloat();
                    if (name.equals(tag)) {
                        curve.add(Map.entry(step, value));
                    }
                }
            } else {
                event.skipField(t);
            }
        }
    }

    /** The masked CRC-32C, by long division. */
    private static int masked(byte... bytes) {
        int crc = -1;
        for (byte b : bytes) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 1 ? 0x82f63b78 : 0);
            }
        }
        crc = ~crc;
        return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    }
}
