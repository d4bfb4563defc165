package dev.sluice.experiments.language;

import dev.sluice.data.text.corpus.TextCorpus;
import dev.sluice.data.text.corpus.TextFormat;
import dev.sluice.data.text.generated.GeneratedStories;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.experiments.text.TokenizerSource;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.routing.Batch;
import dev.sluice.routing.PlanReport;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The plans of language models: those of a user's file, and one for generated stories. */
final class LanguagePlans {
    private LanguagePlans() {}

    /**
     * The plan that the settings name.
     *
     * @throws dev.sluice.routing.plan.PlanException if its file is missing or is no plan
     */
    static RoutePlan<Batch.Sequences> of(
            LanguageSettings settings,
            Tokenizer tokenizer,
            TransformerConfig config,
            String corpus) {
        TokenizerSource source = new TokenizerSource(tokenizer, settings.format());
        Optional<Path> file = file(settings);
        if (file.isPresent()) {
            return PlanFiles.read(file.get(), Batch.Sequences.class, source);
        }
        boolean stories = corpus.equals(GeneratedStories.NAME);
        return settings.text("plan").equals(LanguageSettings.AUTO) && stories
                ? PlanFiles.parse(
                        forest(config), Path.of("forest.yaml"), Batch.Sequences.class, source)
                : RoutePlan.of();
    }

    /** The file that the plan is to be read from, if it is. */
    static Optional<Path> file(LanguageSettings settings) {
        String said = settings.text("plan");
        return List.of(LanguageSettings.NONE, LanguageSettings.AUTO).contains(said)
                ? Optional.empty()
                : Optional.of(Path.of(said));
    }

    /**
     * Refuses a plan that does not fit the model.
     *
     * @throws dev.sluice.routing.plan.PlanException with the place in the file, if it is of one
     * @throws dev.sluice.routing.RoutingException with every error, if it is not
     */
    static void requireFit(LanguageSettings settings, PlanReport report) {
        file(settings).ifPresent(file -> PlanFiles.requireFit(file, report));
        report.orThrow();
    }

    /**
     * An eighth of the units of every feed-forward layer learns from the words of the forest alone,
     * and the others from all other words. In the last layer nothing goes round the mask, so there
     * the plan claims that the others get nothing from the forest; in earlier ones attention
     * carries what later words learn.
     */
    private static String forest(TransformerConfig config) {
        String words =
                GeneratedStories.words(GeneratedStories.FORGET).stream()
                        .map(word -> "\" " + word + "\"")
                        .collect(Collectors.joining(", "));
        int width = config.blocks().get(0).dMlp();
        int own = Math.max(1, width / 8);
        return String.format(
                Locale.ROOT,
                """
                routes:
                  - at: blocks.*.mlp.hook_post
                    by: {phrases: {forest: [%1$s]}}
                    masks:
                      forest: {axis: d_mlp, weights: {0-%2$d: 1, "*": 0}}
                      "*": {axis: d_mlp, weights: {0-%2$d: 0}}
                claims:
                  - region: {parameters: blocks.%3$d.mlp.in.weight, axis: d_mlp, units: %4$d-%5$d}
                    nothing_from: forest
                """,
                words,
                own - 1,
                config.blocks().size() - 1,
                own,
                width - 1);
    }

    /** Checksums of the texts and lists that the rules of a plan were made from. */
    static String files(RoutePlan<Batch.Sequences> plan, TextFormat format) {
        StringBuilder sums = new StringBuilder();
        for (RoutingRule<? super Batch.Sequences> rule : rules(plan)) {
            files(rule.description(), format, sums);
        }
        return sums.toString();
    }

    private static void files(@Nullable Object said, TextFormat format, StringBuilder sums) {
        if (said instanceof Map<?, ?> map) {
            map.values().forEach(value -> files(value, format, sums));
        } else if (said instanceof List<?> list) {
            list.forEach(value -> files(value, format, sums));
        } else if (said instanceof String text
                && text.startsWith("/")
                && Files.exists(Path.of(text))) {
            sums.append('\n').append(TextCorpus.of(Path.of(text), format).fingerprint());
        }
    }

    /** The different rules of a plan. */
    static List<RoutingRule<? super Batch.Sequences>> rules(RoutePlan<Batch.Sequences> plan) {
        Set<Object> seen = new LinkedHashSet<>();
        List<RoutingRule<? super Batch.Sequences>> rules = new ArrayList<>();
        for (Route<Batch.Sequences> route : plan.routes()) {
            Object known =
                    route.rule().description().isEmpty() ? route : route.rule().description();
            if (seen.add(known)) {
                rules.add(route.rule());
            }
        }
        return rules;
    }
}
