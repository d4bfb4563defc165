package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Adam;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.transformer.Tokens;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Contraction;
import dev.sluice.routing.ExpandedRoutes;
import dev.sluice.routing.Expansion;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingRule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The code of docs/expansion.md, between the markers; {@link SnippetsTest} compares. */
class ExpansionPageTest {
    private record Stories(Tokens tokens, List<Boolean> toForget) implements Batch {
        @Override
        public int size() {
            return toForget.size();
        }

        @Override
        public long example(int row) {
            return row;
        }
    }

    private static final RoutingRule<Stories> RULE =
            RoutingRule.predicate(
                    Map.<String, RoutingRule.PointPredicate<Stories>>of(
                            "forget", (b, row) -> b.toForget().get(row),
                            "retain", (b, row) -> !b.toForget().get(row)));

    @Test
    void a_model_grows_learns_apart_and_shrinks_again() {
        TransformerConfig gpt = TransformerConfig.gpt2(11, 8, 2, 8, 2, 16);
        Tokens tokens = Tokens.of(new int[][] {{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}});
        Stories batch = new Stories(tokens, List.of(true, false));
        try (TensorScope scope = TensorScope.open();
                Transformer model = new Transformer(gpt, 0.3, 0.3, DType.F32, Rng.of(1))) {
            // snippet: expand
            Expansion expansion =
                    Expansion.of("d_mlp", 8)
                            .and("head", 1)
                            .inProportion(model)
                            .fresh("blocks.0.**", 1);
            TransformerConfig wider = model.config().resized(expansion::size);
            Transformer expanded = new Transformer(wider, 0.02, 0.01, DType.F32, Rng.of(2));
            expansion.check(model, expanded).orThrow();
            expanded.load(expansion.state(model, expanded));
            // end
            try (expanded) {
                ExpandedRoutes routes = train(expansion, expanded, batch);
                shrink(expansion, expanded, tokens, routes);
            }
        }
    }

    private static ExpandedRoutes train(Expansion expansion, Transformer expanded, Stories batch) {
        Tensor before = value(expanded, "blocks.1.mlp.in.weight").copy();
        try (Optimizer optimizer =
                new Optimizer(
                        Adam.standard(),
                        1e-3,
                        List.of(ParameterGroup.of(expanded.parameters().values())))) {
            // snippet: apart
            ExpandedRoutes routes =
                    ExpandedRoutes.of(
                                    expansion,
                                    expanded,
                                    "blocks.*.attn.hook_z",
                                    "blocks.*.mlp.hook_post")
                            .target("blocks.0.**");
            RoutePlan<Stories> plan = routes.plan(RULE, "forget", "retain");
            try (Router router = Router.open(expanded, plan, batch)) {
                Tensor logits = expanded.logits(batch.tokens().inputs());
                Transformer.loss(logits, batch.tokens()).backward();
                router.finish();
                optimizer.step(router.leave());
            }
            // end
            Tensor after = value(expanded, "blocks.1.mlp.in.weight");
            assertTrue(after.narrow(0, 16, 8).sameBits(before.narrow(0, 16, 8)));
            assertFalse(after.narrow(0, 0, 16).sameBits(before.narrow(0, 0, 16)));
            return routes;
        }
    }

    private static Tensor value(Transformer model, String name) {
        return Objects.requireNonNull(model.parameters().get(name)).value().detach();
    }

    private static void shrink(
            Expansion expansion, Transformer expanded, Tokens tokens, ExpandedRoutes routes) {
        // snippet: contract
        Contraction back = expansion.contraction(expanded);
        TransformerConfig narrow = expanded.config().resized(back::size);
        Transformer contracted = Transformer.blank(narrow, DType.F32);
        contracted.load(back.state(expanded));
        // end
        try (contracted;
                GradMode off = GradMode.off();
                Ablation without = routes.ablated(expanded)) {
            assertArrayEquals(
                    expanded.logits(tokens).toFloats(),
                    contracted.logits(tokens).toFloats(),
                    1e-5f);
        }
    }
}
