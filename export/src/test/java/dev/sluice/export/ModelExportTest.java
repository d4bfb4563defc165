package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.experiments.Reports;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.UsageException;
import dev.sluice.training.RunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of whole runs, exported. */
class ModelExportTest {
    @TempDir private static Path temp = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static RunView run;

    @BeforeAll
    static void runOnce() {
        run = TinyRun.of(temp.resolve("run"), List.of("no-routing", "routed"), Map.of());
    }

    private static Path export(
            ExportFormat format,
            @Nullable String variant,
            @Nullable Long seed,
            @Nullable Path out) {
        return new Export(format, variant, seed, out).of(run, () -> TinyRun.DATA);
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> "" + f.getFileName()).collect(Collectors.toSet());
        }
    }

    @Test
    void onnx_files_of_the_headline_give_the_numbers_of_the_report() throws Exception {
        Path folder = export(ExportFormat.ONNX, null, null, null);
        assertEquals(run.folder().toAbsolutePath().resolve("export/onnx"), folder);
        assertEquals(
                Set.of(
                        "certificate_high.onnx",
                        "certificate_low.onnx",
                        "check.json",
                        "decoder.onnx",
                        "encoder.onnx",
                        "model.onnx"),
                names(folder));
        JsonNode check = new ObjectMapper().readTree(folder.resolve("check.json").toFile());
        assertEquals("routed", check.path("variant").asText());
        double mse = reconstruction(folder.resolve("model.onnx"), TinyRun.DATA.test());
        assertEquals(mse, check.path("reconstruction.mse").asDouble(), 1e-6);
        String page = Files.readString(Reports.write(run));
        assertTrue(page.contains("Exported model") && page.contains("variant routed, seed 0"));
    }

    /** By ONNX Runtime, from the bytes of the test set. */
    private static double reconstruction(Path file, ImageSet set) throws Exception {
        float[] x = new float[set.images().length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (set.images()[i] & 0xff) / 127.5f - 1;
        }
        try (Onnx onnx = new Onnx(Files.readAllBytes(file))) {
            float[] y =
                    Objects.requireNonNull(
                            onnx.run("input", x, set.size(), 1, 28, 28).get("output"));
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += (y[i] - x[i]) * (double) (y[i] - x[i]) / x.length;
            }
            return sum;
        }
    }

    @Test
    void onnx_files_tell_of_plan_regions_and_settings() throws Exception {
        Path folder = export(ExportFormat.ONNX, "routed", 1L, null);
        try (Onnx onnx = new Onnx(Files.readAllBytes(folder.resolve("decoder.onnx")))) {
            Map<String, String> metadata = onnx.session().getMetadata().getCustomMetadata();
            assertEquals("1", metadata.get("seed"));
            assertTrue(("" + metadata.get("plan")).contains("encoder.out"));
            assertTrue(("" + metadata.get("regions")).contains("\"units\":\"3-5\""));
            assertTrue(("" + metadata.get("code")).startsWith("[\"low\""));
            assertTrue(("" + metadata.get("settings")).contains("hidden"));
        }
    }

    @Test
    void safetensors_have_the_weights_and_what_the_run_says_of_them() {
        Path folder = export(ExportFormat.SAFETENSORS, "no-routing", 1L, null);
        try (SafetensorsFile expected = SafetensorsFile.open(run.weights("no-routing", 1));
                SafetensorsFile found = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            assertEquals(expected.metadata(), found.metadata());
            for (SafetensorsFile.Entry e : expected.entries()) {
                assertEquals(expected.bytes(e.name()), found.bytes(e.name()));
            }
        }
    }

    @Test
    void a_later_export_takes_the_place_of_the_one_before() throws IOException {
        Path folder = export(ExportFormat.SAFETENSORS, "routed", 0L, null);
        Files.writeString(folder.resolve("stray"), "old");
        export(ExportFormat.SAFETENSORS, "routed", 1L, null);
        assertEquals(Set.of("model.safetensors"), names(folder));
        assertTrue(names(folder.resolve("..")).stream().noneMatch(n -> n.startsWith(".")));
    }

    @Test
    void a_folder_with_files_is_refused_and_left_alone(@TempDir Path out) throws IOException {
        Files.writeString(out.resolve("mine"), "mine");
        assertThrows(RunException.class, () -> export(ExportFormat.CSV, null, null, out));
        assertThrows(
                RunException.class,
                () -> export(ExportFormat.CSV, null, null, out.resolve("mine")));
        assertEquals(Set.of("mine"), names(out));
    }

    @Test
    void an_export_that_fails_leaves_nothing(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("around/site");
        assertThrows(
                UncheckedIOException.class,
                () ->
                        new Export(ExportFormat.SITE, null, null, out)
                                .of(
                                        run,
                                        () -> {
                                            throw new UncheckedIOException(new IOException("no"));
                                        }));
        assertFalse(Files.exists(out));
        assertEquals(Set.of(), names(folder));
    }

    @Test
    void what_the_run_does_not_have_is_wrong_usage() {
        String variant =
                ""
                        + assertThrows(
                                        UsageException.class,
                                        () -> export(ExportFormat.ONNX, "rooted", null, null))
                                .getMessage();
        assertTrue(variant.contains("nearest: routed"), variant);
        String seed =
                ""
                        + assertThrows(
                                        UsageException.class,
                                        () -> export(ExportFormat.ONNX, null, 7L, null))
                                .getMessage();
        assertTrue(seed.contains("[0, 1]"), seed);
    }

    @Test
    void the_site_has_all_that_it_asks_for_and_its_test_images() throws IOException {
        Path folder = export(ExportFormat.SITE, null, null, null);
        byte[] digits = Files.readAllBytes(folder.resolve("digits.bin"));
        ImageSet test = TinyRun.DATA.test();
        assertEquals(test.size() * 785, digits.length);
        assertEquals(test.label(5), digits[5]);
        assertArrayEquals(
                test.images(), java.util.Arrays.copyOfRange(digits, test.size(), digits.length));
        JsonNode info = new ObjectMapper().readTree(folder.resolve("site.json").toFile());
        for (JsonNode part : info.path("decoders")) {
            assertTrue(Files.exists(folder.resolve(part.path("file").asText())), "" + part);
        }
        assertEquals(6, info.path("units").size());
        assertTrue(Files.readString(folder.resolve("NOTICE")).contains("drawn by Sluice"));
        String page = Files.readString(folder.resolve("index.html"));
        assertFalse(page.contains("{{"), page);
    }
}
