package dev.sluice.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.TrainedModel;
import dev.sluice.models.VariationalAutoencoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routed VAE, exported. */
class VaeSiteTest {
    @TempDir private static Path temp = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static RunView run;

    @BeforeAll
    static void runOnce() {
        run = TinyRun.ofVae(temp.resolve("run"));
    }

    private static Path export(ExportFormat format) {
        return new Export(format, null, null, null).of(run, () -> TinyRun.DATA);
    }

    @Test
    void the_exported_encoder_reads_as_many_images_right_as_the_trained_one() throws IOException {
        Path file = export(ExportFormat.ONNX).resolve("check.json");
        JsonNode check = new ObjectMapper().readTree(file.toFile());
        assertEquals(
                run.values("best", "argmax_accuracy").get(0),
                check.path("argmax_accuracy").asDouble(),
                1e-12);
        assertEquals(
                run.values("best", "reconstruction.mse").get(0),
                check.path("reconstruction.mse").asDouble(),
                1e-6);
    }

    @Test
    void the_page_starts_at_the_mean_above_zero_and_names_the_largest_unit() throws IOException {
        assumeTrue(Chromium.installed().isPresent(), "no Chromium is installed");
        try (FileServer server = new FileServer(export(ExportFormat.SITE));
                Chromium chromium = new Chromium(Chromium.installed().orElseThrow());
                Chromium.Visit visit = chromium.open(server.address(), 390, ColorScheme.DARK)) {
            Page page = visit.page();
            List<String> shown = page.locator(".vector span").allTextContents();
            float[] found = new float[shown.size()];
            for (int i = 0; i < found.length; i++) {
                found[i] = Float.parseFloat(shown.get(i));
            }
            assertArrayEquals(mean(), found, 1e-4f);
            page.getByLabel("Dimension 3·2, value").focus();
            page.keyboard().press("End");
            assertEquals("3", page.locator(".read strong").textContent());
            assertEquals("3.0000", page.locator(".vector span").nth(7).textContent());
            page.getByText("All off").click();
            assertEquals("none", page.locator(".read strong").textContent());
            assertEquals(List.of(), visit.seriousFindings());
            assertEquals("3", page.locator("input[type=range]").first().getAttribute("max"));
        }
    }

    /** ReLU of the first test image's mean. */
    private static float[] mean() {
        try (TensorScope scope = TensorScope.open();
                TrainedModel trained = TrainedModel.open(run, null, null)) {
            VariationalAutoencoder model = (VariationalAutoencoder) trained.layer();
            Tensor x = OnnxFiles.images(TinyRun.DATA.test(), 0, 1, model.code()).reshape(1, -1);
            return model.means(model.encode(x)).relu().toFloats();
        }
    }
}
