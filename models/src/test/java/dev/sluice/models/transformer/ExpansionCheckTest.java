package dev.sluice.models.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.TransformerConfig.BlockSizes;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.ExpandedRoutes;
import dev.sluice.routing.Expansion;
import dev.sluice.routing.ExpansionReport;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

/** What the check of an expansion says, against what the logits then are. */
final class ExpansionCheckTest {
    @Property(tries = 300)
    void the_logits_stay_where_the_check_is_content_and_change_where_it_is_not(
            @ForAll long seed, @ForAll boolean single) {
        Rng rng = Rng.of(seed);
        TransformerConfig config = DrawnExpansion.drawn(rng);
        Expansion appended = DrawnExpansion.appended(rng, config);
        DType dtype = single ? DType.F32 : DType.F64;
        try (GradMode off = GradMode.off();
                TensorScope scope = TensorScope.open();
                Transformer original = DrawnExpansion.model(config, dtype, rng)) {
            appended = rng.nextInt(4) == 0 ? appended : appended.inProportion(original);
            if (!DrawnExpansion.fits(config, appended)) {
                return;
            }
            Expansion expansion = DrawnExpansion.started(rng, appended);
            TransformerConfig larger = DrawnExpansion.wider(rng, config, expansion);
            try (Transformer expanded = DrawnExpansion.model(larger, dtype, rng)) {
                ExpansionReport report = expansion.check(original, expanded);
                expanded.load(expansion.state(original, expanded));
                Tokens tokens = DrawnExpansion.tokens(rng);
                Tensor before = original.logits(tokens);
                Tensor after = ablated(expansion, expanded, tokens);
                double difference = after.sub(before).abs().max().item();
                String what = difference + " " + report + " " + larger;
                if (report.exact()) {
                    assertTrue(difference <= (single ? 1e-5 : 1e-12) * scale(before), what);
                } else {
                    assertTrue(single || difference > 1e-9, what);
                }
                assertTrue(!report.sameBits() || after.sameBits(before), what);
                back(expansion, original, expanded);
                Statistics.label("what the check says")
                        .collect(report.sameBits() ? "bits" : report.exact() ? "exact" : "changes")
                        .coverage(
                                c -> {
                                    c.check("bits").count(n -> n > 0);
                                    c.check("exact").percentage(p -> p > 15);
                                    c.check("changes").percentage(p -> p > 15);
                                });
            }
        }
    }

    private static double scale(Tensor logits) {
        return Math.max(1, logits.abs().max().item());
    }

    private static Tensor ablated(Expansion expansion, Transformer expanded, Tokens tokens) {
        ExpandedRoutes routes = ExpansionGoldenTest.routes(expansion, expanded);
        try (Ablation off = routes.ablated(expanded)) {
            return expanded.logits(tokens);
        }
    }

    private static void back(Expansion expansion, Transformer original, Transformer expanded) {
        Map<String, Tensor> back = expansion.contraction(expanded).state(expanded);
        back.forEach(
                (name, value) ->
                        assertTrue(
                                value.sameBits(Objects.requireNonNull(original.state().get(name))),
                                name));
        assertEquals(
                original.config(),
                original.config()
                        .resized(expansion::size)
                        .resized(expansion.contraction(expanded)::size));
    }

    @Test
    void more_positions_keep_every_bit() {
        try (GradMode off = GradMode.off();
                TensorScope scope = TensorScope.open();
                Transformer gpt = Forms.GPT2.model(DType.F32, 1)) {
            Expansion longer = Expansion.of("pos", 3).fresh("**", 1);
            TransformerConfig config = gpt.config().resized(longer::size);
            assertEquals(gpt.config().context() + 3, config.context());
            try (Transformer wider = new Transformer(config, 0.5, 0.5, DType.F32, Rng.of(2))) {
                assertTrue(longer.check(gpt, wider).sameBits());
                wider.load(longer.state(gpt, wider));
                Tokens tokens = DrawnExpansion.tokens(Rng.of(3));
                assertTrue(wider.logits(tokens).sameBits(gpt.logits(tokens)));
            }
        }
    }

    @Test
    void it_names_the_norms_the_scale_and_the_groups() {
        Rng rng = Rng.of(5);
        try (TensorScope scope = TensorScope.open();
                Transformer llama = Forms.LLAMA.model(DType.F32, 1)) {
            Expansion width = Expansion.of("d_model", 2);
            says(llama, width, "d_model: a norm takes the mean", "ln_final", "blocks.1.ln2");
            says(llama, Expansion.of("head", 4), "head: units share those of kv_head", "attn");
            says(llama, Expansion.of("vocab", 1), "vocab: the result has it");
            Expansion scores = Expansion.of("d_head", 2).fresh("**", 1);
            says(llama, scores, "d_head: new units of q and k are not zero");
            Expansion zeros = Expansion.of("d_head", 5);
            TransformerConfig same = llama.config().resized(zeros::size);
            try (Transformer wider = new Transformer(same, 0.1, 0.1, DType.F32, rng)) {
                assertTrue(zeros.check(llama, wider).exact());
            }
        }
    }

    private static void says(Transformer model, Expansion expansion, String... parts) {
        TransformerConfig config = model.config().resized(expansion::size);
        try (Transformer wider = Transformer.blank(config, DType.F32)) {
            ExpansionReport report = expansion.check(model, wider);
            String message =
                    "" + assertThrows(IllegalArgumentException.class, report::orThrow).getMessage();
            for (String part : parts) {
                assertTrue(message.contains(part), message);
            }
        }
    }

    @Test
    void key_value_heads_go_along_with_the_heads_or_the_expansion_is_refused() {
        try (TensorScope scope = TensorScope.open();
                Transformer llama = Forms.LLAMA.model(DType.F32, 1)) {
            Expansion kept = Expansion.of("head", 2).inProportion(llama);
            BlockSizes block =
                    Objects.requireNonNull(llama.config().resized(kept::size).blocks().get(1));
            assertEquals(6, block.heads());
            assertEquals(3, block.kvHeads());
            Expansion inOne = Expansion.none().and("head", 4, "blocks.0.**").inProportion(llama);
            List<BlockSizes> blocks = llama.config().resized(inOne::size).blocks();
            assertEquals(4, Objects.requireNonNull(blocks.get(0)).kvHeads());
            assertEquals(2, Objects.requireNonNull(blocks.get(1)).kvHeads());
            String message =
                    ""
                            + assertThrows(
                                            IllegalArgumentException.class,
                                            () -> Expansion.of("head", 3).inProportion(llama))
                                    .getMessage();
            assertTrue(message.contains("a multiple of 2"), message);
            Expansion manual = Expansion.of("head", 2).and("kv_head", 1);
            assertEquals(
                    llama.config().resized(manual::size),
                    llama.config().resized(manual.inProportion(llama)::size));
        }
    }
}
