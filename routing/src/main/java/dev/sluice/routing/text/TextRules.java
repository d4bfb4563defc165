package dev.sluice.routing.text;

import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanNode;
import dev.sluice.routing.plan.RuleReader;
import dev.sluice.routing.text.FrequencyRule.Curve;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The rules on text that plan files know:
 *
 * <pre>
 * by: {tokens: {" tree": forest, " bird": forest}}        # one token each
 * by: {phrases: {forest: [" old tree", {text: pine, space: both, letters: all}]}}
 * by: {sequence_if: {forest: [" tree", " forest"]}}       # the whole sequence
 * by: {document_label: {forest: [wood, park]}}            # the document, by its label
 * by: {frequency: {forget: forest.txt, retain: other.jsonl.gz, prior: {forget: 1, retain: 20},
 *                  scale: 1, bias: -4, documents: 25000, truncate: 0}}
 * </pre>
 *
 * <p>Counts may stand in place of a corpus: {@code forget: {" tree": 120, " bird": 40}}.
 */
public final class TextRules implements RuleReader {
    private static final long DOCUMENTS = 25_000;

    /** For {@code ServiceLoader}. */
    public TextRules() {}

    @Override
    public Set<String> keys() {
        return Set.of("tokens", "phrases", "sequence_if", "document_label", "frequency");
    }

    @Override
    public <B extends Batch> RoutingRule<? super B> read(
            String key, PlanNode value, Context<B> context) {
        if (key.equals("document_label")) {
            return context.over(
                    Batch.Sequences.class, new DocumentRule(byRoute(value, PlanNode::text)));
        }
        TextSource source = context.resource(TextSource.class, "a tokenizer");
        RoutingRule<Batch.Sequences> rule =
                switch (key) {
                    case "tokens" -> new TokenRule(tokens(value), source);
                    case "phrases" -> PhraseRule.tokens(phrases(value), source);
                    case "sequence_if" -> PhraseRule.sequences(phrases(value), source);
                    default -> frequency(value, source, context);
                };
        return context.over(Batch.Sequences.class, rule);
    }

    private static Map<String, String> tokens(PlanNode value) {
        Map<String, String> routes = new LinkedHashMap<>();
        value.mapping().forEach((token, route) -> routes.put(token, route.text()));
        return routes;
    }

    /** What a mapping lists for each route. */
    private static <T> Map<String, List<T>> byRoute(PlanNode value, Function<PlanNode, T> each) {
        Map<String, List<T>> byRoute = new LinkedHashMap<>();
        value.mapping()
                .forEach(
                        (route, list) ->
                                byRoute.put(route, list.list().stream().map(each).toList()));
        return byRoute;
    }

    private static Map<String, List<Phrase>> phrases(PlanNode value) {
        return byRoute(value, TextRules::phrase);
    }

    private static Phrase phrase(PlanNode node) {
        if (!node.isMapping()) {
            return Phrase.of(node.text());
        }
        Map<String, PlanNode> keys = node.mapping(List.of("text", "letters", "space"));
        Phrase plain = Phrase.of(node.get("text").text());
        return new Phrase(
                plain.text(),
                keys.containsKey("letters")
                        ? one(Phrase.Letters.class, node.get("letters"))
                        : plain.letters(),
                keys.containsKey("space")
                        ? one(Phrase.Space.class, node.get("space"))
                        : plain.space());
    }

    private static <E extends Enum<E>> E one(Class<E> kind, PlanNode node) {
        List<String> known = new ArrayList<>();
        for (E value : kind.getEnumConstants()) {
            String name = value.name().toLowerCase(Locale.ROOT);
            if (name.equals(node.text())) {
                return value;
            }
            known.add(name);
        }
        throw node.wrong("one of " + String.join(", ", known), node.text());
    }

    private static FrequencyRule frequency(PlanNode value, TextSource source, Context<?> context) {
        Map<String, PlanNode> keys =
                value.mapping(
                        List.of(
                                "forget",
                                "retain",
                                "prior",
                                "scale",
                                "bias",
                                "documents",
                                "truncate"));
        long documents =
                keys.containsKey("documents")
                        ? value.get("documents").integer(1, Long.MAX_VALUE)
                        : DOCUMENTS;
        int truncate =
                keys.containsKey("truncate")
                        ? (int) value.get("truncate").integer(0, Integer.MAX_VALUE)
                        : 0;
        Map<String, Object> description = new LinkedHashMap<>();
        long[] forget = counts(value.get("forget"), source, context, documents, truncate);
        long[] retain = counts(value.get("retain"), source, context, documents, truncate);
        Curve curve = curve(value, keys);
        description.put("forget", written(value.get("forget"), context));
        description.put("retain", written(value.get("retain"), context));
        description.put(
                "prior", Map.of("forget", curve.forgetPrior(), "retain", curve.retainPrior()));
        description.put("scale", curve.scale());
        description.put("bias", curve.bias());
        description.put("documents", documents);
        description.put("truncate", truncate);
        return new FrequencyRule(forget, retain, curve, Map.of("frequency", description));
    }

    private static Curve curve(PlanNode value, Map<String, PlanNode> keys) {
        Curve paper = Curve.PAPER;
        double forget = paper.forgetPrior();
        double retain = paper.retainPrior();
        if (keys.containsKey("prior")) {
            PlanNode prior = value.get("prior");
            if (prior.isMapping()) {
                prior.mapping(List.of(FrequencyRule.FORGET, FrequencyRule.RETAIN));
                forget = prior.get(FrequencyRule.FORGET).number(0, Double.MAX_VALUE);
                retain = prior.get(FrequencyRule.RETAIN).number(0, Double.MAX_VALUE);
            } else {
                forget = prior.number(0, Double.MAX_VALUE);
                retain = forget;
            }
        }
        return new Curve(
                forget,
                retain,
                keys.containsKey("scale") ? value.get("scale").number() : paper.scale(),
                keys.containsKey("bias") ? value.get("bias").number() : paper.bias());
    }

    private static long[] counts(
            PlanNode node, TextSource source, Context<?> context, long documents, int truncate) {
        if (!node.isMapping()) {
            return source.counts(context.file(node), documents, truncate);
        }
        long[] counts = new long[source.vocabulary()];
        node.mapping()
                .forEach(
                        (token, count) ->
                                counts[single(token, count, source)] =
                                        count.integer(0, Integer.MAX_VALUE));
        return counts;
    }

    private static int single(String token, PlanNode node, TextSource source) {
        try {
            return source.single(token);
        } catch (IllegalArgumentException e) {
            throw node.wrong("exactly one token", String.valueOf(e.getMessage()));
        }
    }

    private static Object written(PlanNode node, Context<?> context) {
        if (!node.isMapping()) {
            Path file = context.file(node);
            return file.toString();
        }
        Map<String, Object> counts = new LinkedHashMap<>();
        node.mapping()
                .forEach((token, count) -> counts.put(token, count.integer(0, Integer.MAX_VALUE)));
        return counts;
    }
}
