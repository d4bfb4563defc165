package dev.sluice.experiments.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Claims about language models that hold, and some that do not. */
final class LanguageClaimTest {
    @TempDir private Path temp = Path.of("");

    private Verification verify(String rule, String masked, String claimed, String rows)
            throws Exception {
        Path plan = temp.resolve("plan.yaml");
        Files.writeString(
                plan,
                String.format(
                        Locale.ROOT,
                        """
                        routes:
                          - at: %2$s
                            by: {%1$s: {story: [" the"]}}
                            masks: {story: {axis: d_mlp, weights: {0-7: 0}}}
                        claims:
                          - region: {parameters: %3$s, axis: d_mlp, units: 0-7}
                            nothing_from: story
                        """,
                        rule,
                        masked,
                        claimed));
        Map<String, String> more = Map.of("plan", plan.toString(), "rows", rows);
        try (RoutedTrial<?> trial = new LanguageModel().open(TinyText.trial(more))) {
            return trial.verify(null).get(0).found();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "phrases, blocks.*.mlp.hook_post, blocks.1.mlp.in.weight, packed",
        "phrases, blocks.1.mlp.hook_post, blocks.1.mlp.in.bias, documents",
        "sequence_if, blocks.*.mlp.hook_post, blocks.0.mlp.in.weight, documents",
        "sequence_if, blocks.*.mlp.hook_post, blocks.1.mlp.in.weight, documents"
    })
    void what_a_mask_stops_gets_nothing(String rule, String at, String region, String rows)
            throws Exception {
        Verification found = verify(rule, at, region, rows);
        assertEquals(1, found.report().claims());
        assertTrue(found.report().untried().isEmpty(), "" + found.report());
        assertTrue(found.report().violations().isEmpty(), "" + found.report());
    }

    /** Attention carries what a later word learns to earlier places, whose words pass the mask. */
    @Test
    void a_leak_through_attention_is_found() throws Exception {
        Verification found =
                verify("phrases", "blocks.*.mlp.hook_post", "blocks.0.mlp.in.weight", "packed");
        assertEquals(1, found.report().violations().size());
    }

    @Test
    void a_leak_past_the_mask_is_found() throws Exception {
        Verification found =
                verify(
                        "sequence_if",
                        "blocks.0.mlp.hook_post",
                        "blocks.1.mlp.in.weight",
                        "documents");
        assertEquals(1, found.report().violations().size());
    }
}
