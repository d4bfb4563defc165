package dev.sluice.experiments.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerFolder;
import dev.sluice.engine.testing.Golden;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.text.FrequencyRule;
import dev.sluice.routing.text.Phrase;
import dev.sluice.routing.text.PhraseRule;
import dev.sluice.routing.text.TokenRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every rule on text against the published library's answers. There a target that no entry names
 * has the number of distinct indexes, or the weight 1; here it has no route.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TextRulesGoldenTest {
    private static final double PUBLISHED_F32 = 2e-5;

    private @Nullable Golden golden;
    private @Nullable Tokenizer gpt2;
    @TempDir private Path folder = Path.of("");

    @BeforeAll
    void open() {
        String set = System.getenv("SLUICE_GOLDEN");
        assumeTrue(
                set != null && Files.isDirectory(Path.of(set, "text-rules")),
                "no reference numbers for rules on text: $SLUICE_GOLDEN/text-rules is not there");
        String data = System.getenv("SLUICE_DATA");
        assumeTrue(
                data != null && Files.isDirectory(Path.of(data, "gpt2-tokenizer")),
                "no GPT-2 tokenizer: $SLUICE_DATA/gpt2-tokenizer is not there");
        golden = Golden.subject("text-rules");
        gpt2 = TokenizerFolder.open(Path.of(Objects.requireNonNull(data), "gpt2-tokenizer"));
    }

    @AfterAll
    void close() {
        if (gpt2 != null) {
            gpt2.close();
        }
    }

    private JsonNode json(String file) {
        return Objects.requireNonNull(golden).json(file);
    }

    private Tokenizer tokenizer() {
        return Objects.requireNonNull(gpt2);
    }

    private TokenizerSource source() {
        return new TokenizerSource(tokenizer(), TextFormat.standard());
    }

    private static TextRow row(JsonNode ids) {
        int[] row = new int[ids.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = ids.get(i).asInt();
        }
        return new TextRow(0, null, row);
    }

    /** Compares the names of the routes, which are the indexes, row by row. */
    private static void same(
            RoutingRule<? super Batch.Sequences> rule, int none, JsonNode ids, JsonNode expected) {
        for (int r = 0; r < ids.size(); r++) {
            Assignment answer = rule.assign(row(ids.get(r)));
            assertEquals(expected.get(r).size(), answer.points());
            for (int p = 0; p < answer.points(); p++) {
                int index = expected.get(r).get(p).asInt();
                int id = answer.id(p);
                String found = id < 0 ? Integer.toString(none) : answer.routes().get(id);
                assertEquals(Integer.toString(index), found, "row " + r + ", target " + p);
            }
        }
    }

    @Test
    void token_rules_give_every_published_index() {
        JsonNode file = json("token-rule.json");
        for (JsonNode c : file.path("cases")) {
            Map<String, String> table = new LinkedHashMap<>();
            c.path("table").properties().forEach(e -> table.put(e.getKey(), e.getValue().asText()));
            same(
                    new TokenRule(table, source()),
                    c.path("none").asInt(),
                    c.path("ids"),
                    c.path("expected"));
        }
        for (JsonNode refused : file.path("refused")) {
            Map<String, String> table = Map.of(refused.path("token").asText(), "0");
            assertThrows(IllegalArgumentException.class, () -> new TokenRule(table, source()));
        }
    }

    /** Later concepts overwrite earlier ones, also two with the same index. */
    private RoutingRule<Batch.Sequences> concepts(JsonNode concepts) {
        List<PhraseRule> inOrder = new ArrayList<>();
        for (JsonNode concept : concepts) {
            List<Phrase> phrases = new ArrayList<>();
            concept.path("words").forEach(word -> phrases.add(Phrase.of(word.asText())));
            inOrder.add(
                    PhraseRule.tokens(Map.of(concept.path("index").asText(), phrases), source()));
            JsonNode variations = concept.path("variations");
            for (int w = 0; w < variations.size(); w++) {
                List<String> spellings = new ArrayList<>();
                variations.get(w).forEach(v -> spellings.add(v.asText()));
                assertEquals(spellings.stream().distinct().toList(), phrases.get(w).spellings());
            }
        }
        return batch -> {
            int[] ids = new int[batch.length() - 1];
            Arrays.fill(ids, -1);
            List<String> names = new ArrayList<>();
            for (PhraseRule rule : inOrder) {
                Assignment answer = rule.assign(batch);
                String name = answer.routes().get(0);
                if (!names.contains(name)) {
                    names.add(name);
                }
                for (int p = 0; p < ids.length; p++) {
                    ids[p] = answer.id(p) < 0 ? ids[p] : names.indexOf(name);
                }
            }
            return Assignment.of(names, ids, 1, ids.length);
        };
    }

    @Test
    void phrase_rules_give_every_published_index() {
        JsonNode file = json("concept-rule.json");
        for (JsonNode c : file.path("cases")) {
            same(
                    concepts(c.path("concepts")),
                    c.path("none").asInt(),
                    c.path("ids"),
                    c.path("expected"));
        }
        JsonNode tooLong = file.path("phrase_longer_than_sequence");
        same(concepts(tooLong.path("concepts")), 1, tooLong.path("ids"), tooLong.path("intended"));
    }

    @Test
    void sequence_rules_give_every_published_index() {
        for (JsonNode c : json("full-sequence-rule.json").path("cases")) {
            List<Phrase> words = new ArrayList<>();
            c.path("words").forEach(word -> words.add(Phrase.of(word.asText())));
            same(
                    PhraseRule.sequences(Map.of("0", words), source()),
                    1,
                    c.path("ids"),
                    c.path("expected"));
        }
    }

    private Path corpus(String name, JsonNode texts) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (JsonNode text : texts) {
            lines.append(new ObjectMapper().writeValueAsString(Map.of("text", text.asText())))
                    .append('\n');
        }
        return Files.writeString(folder.resolve(name + ".jsonl"), lines);
    }

    private FrequencyRule frequency(JsonNode c) throws IOException {
        JsonNode s = c.path("settings");
        long stories = s.path("num_stories").asLong();
        int truncate = s.path("truncate_at").asInt(0);
        return new FrequencyRule(
                source().counts(corpus("forget", c.path("forget")), stories, truncate),
                source().counts(corpus("retain", c.path("retain")), stories, truncate),
                new FrequencyRule.Curve(
                        s.path("num_synthetic_tokens_forget").asDouble(),
                        s.path("num_synthetic_tokens_retain").asDouble(),
                        s.path("scale").asDouble(),
                        s.path("bias").asDouble()),
                Map.of());
    }

    @Test
    void frequency_rules_give_every_published_weight() throws IOException {
        for (JsonNode c : json("token-frequency.json").path("cases")) {
            FrequencyRule rule = frequency(c);
            Map<Integer, JsonNode> named = new TreeMap<>();
            c.path("tokens").forEach(token -> named.put(token.path("id").asInt(), token));
            for (int id = 0; id < c.path("vocabulary").asInt(); id++) {
                JsonNode token = named.getOrDefault(id, c.path("every_other_token"));
                close(token.path("p_forget").asDouble(), rule.forget(id), 1e-12);
                close(token.path("p_retain").asDouble(), rule.retain(id), 1e-12);
                close(token.path("omega").asDouble(), rule.weight(id), 1e-12);
            }
            weights(rule, c.path("ids"), c.path("expected"), 1e-7);
        }
    }

    private static void close(double expected, double found, double bound) {
        assertEquals(expected, found, bound * Math.max(1e-3, Math.abs(expected)));
    }

    private static void weights(
            RoutingRule<? super Batch.Sequences> rule,
            JsonNode ids,
            JsonNode expected,
            double bound) {
        for (int r = 0; r < ids.size(); r++) {
            Assignment answer = rule.assign(row(ids.get(r)));
            for (int p = 0; p < answer.points(); p++) {
                double published = expected.get(r).get(p).asDouble();
                double found = answer.id(p) < 0 ? 1 : answer.weight(p);
                assertEquals(Math.min(1, published), found, bound, r + ", " + p);
            }
        }
    }

    private Map<String, RoutingRule<Batch.Sequences>> parts(JsonNode file) throws IOException {
        List<Phrase> words = new ArrayList<>();
        file.path("concept_words").forEach(word -> words.add(Phrase.of(word.asText())));
        List<String> both = List.of(FrequencyRule.FORGET, FrequencyRule.RETAIN);
        Map<String, List<Phrase>> forget = Map.of(FrequencyRule.FORGET, words);
        Map<String, RoutingRule<Batch.Sequences>> parts = new TreeMap<>();
        parts.put("concept", RoutingRule.named(both, PhraseRule.tokens(forget, source())));
        parts.put("full", RoutingRule.named(both, PhraseRule.sequences(forget, source())));
        for (JsonNode c : json("token-frequency.json").path("cases")) {
            parts.put(c.path("name").asText(), frequency(c));
        }
        return parts;
    }

    private static RoutingRule<Batch.Sequences> part(
            Map<String, RoutingRule<Batch.Sequences>> parts, JsonNode name) {
        return Objects.requireNonNull(parts.get(name.asText()), name.asText());
    }

    /** A sum of weights above 1 extrapolates the masks in the published code; here it is 1. */
    @Test
    void mixtures_give_every_published_weight_up_to_one() throws IOException {
        JsonNode file = json("mixture-and-labels.json");
        Map<String, RoutingRule<Batch.Sequences>> parts = parts(file);
        for (JsonNode m : file.path("mixture")) {
            List<RoutingRule<Batch.Sequences>> rules = new ArrayList<>();
            m.path("parts").forEach(name -> rules.add(part(parts, name)));
            double[] weights = new double[rules.size()];
            for (int k = 0; k < weights.length; k++) {
                weights[k] = m.path("weights").get(k).asDouble();
            }
            RoutingRule<Batch.Sequences> mixture = RoutingRule.mixture(rules, weights);
            weights(mixture, file.path("ids"), m.path("expected"), PUBLISHED_F32);
            assertEquals(
                    m.path("warns_that_weights_do_not_sum_to_one").asBoolean(),
                    !mixture.warnings().isEmpty());
        }
    }

    @Test
    void labels_and_weights_together_give_the_larger_of_both() throws IOException {
        JsonNode file = json("mixture-and-labels.json");
        Map<String, RoutingRule<Batch.Sequences>> parts = parts(file);
        assertTrue(file.path("labelled").size() > 0);
        for (JsonNode c : file.path("labelled")) {
            for (int r = 0; r < file.path("ids").size(); r++) {
                int label = c.path("labels").get(r).asInt();
                List<String> both = List.of(FrequencyRule.FORGET, FrequencyRule.RETAIN);
                RoutingRule<Batch> labels =
                        RoutingRule.named(both, batch -> Assignment.of(both, new int[] {label}, 1));
                List<RoutingRule<? super Batch.Sequences>> rules =
                        List.of(labels, part(parts, c.path("part")));
                Assignment answer =
                        RoutingRule.<Batch.Sequences>largest(rules)
                                .assign(row(file.path("ids").get(r)));
                for (int p = 0; p < answer.points(); p++) {
                    assertEquals(
                            c.path("expected").get(r).get(p).asDouble(),
                            answer.weight(p),
                            PUBLISHED_F32);
                }
            }
        }
    }
}
