package dev.sluice.data.text.tokens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.text.tokenizer.HuggingFaceTokenizer;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.engine.testing.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("golden")
final class TokenBatchGoldenTest {
    private static Tokenizer tokenizer(Golden golden) {
        Path beside = golden.folder().resolve("tokenizer.json");
        String data = System.getenv().getOrDefault("SLUICE_DATA", "");
        Path file =
                Files.exists(beside) ? beside : Path.of(data, "gpt2-tokenizer", "tokenizer.json");
        Assumptions.assumeTrue(
                Files.exists(file),
                "skipped: the reference batches speak of GPT-2's tokenizer, and"
                        + " $SLUICE_DATA/gpt2-tokenizer/tokenizer.json is not there");
        return HuggingFaceTokenizer.open(file);
    }

    private static int[][] table(JsonNode rows) {
        int[][] table = new int[rows.size()][];
        for (int r = 0; r < table.length; r++) {
            table[r] = new int[rows.get(r).size()];
            for (int i = 0; i < table[r].length; i++) {
                table[r][i] = rows.get(r).get(i).intValue();
            }
        }
        return table;
    }

    @Test
    void textsBecomeTheReferenceBatches() {
        Golden golden = Golden.subject("text-rules");
        JsonNode all = golden.json("tokenize-batch.json");
        try (Tokenizer tokenizer = tokenizer(golden)) {
            assertEquals(all.get("pad_id").intValue(), tokenizer.endOfText().orElseThrow());
            for (JsonNode c : all.get("cases")) {
                List<String> texts = new ArrayList<>();
                c.get("texts").forEach(t -> texts.add(t.textValue()));
                PaddingSide side =
                        c.get("padding_side").textValue().equals("left")
                                ? PaddingSide.LEFT
                                : PaddingSide.RIGHT;
                TokenBatch batch =
                        TokenBatch.of(
                                tokenizer,
                                texts,
                                new Layout.Padded(
                                        c.get("truncate_at").intValue(),
                                        side,
                                        c.get("prepend_bos").booleanValue()));
                assertArrayEquals(table(c.get("ids")), batch.ids());
                assertArrayEquals(table(c.get("attention_mask")), batch.attentionMask());
            }
            assertTrue(all.get("cases").size() > 0);
        }
    }
}
