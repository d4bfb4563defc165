package dev.sluice.cli;

import dev.sluice.data.DataException;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.experiments.text.RulePages;
import dev.sluice.experiments.text.RulePreview;
import dev.sluice.experiments.text.TokenizerSource;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice rules preview}. */
@Command(
        name = "preview",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show what a rule catches in a text: the text with its hits marked, the match",
            "rate, the commonest hits, and near misses (a word without its space, plurals)."
        },
        footer = {
            "",
            "Examples:",
            "  sluice rules preview --rule rule.yaml --text stories.txt",
            "  echo 'a tree, the trees' | sluice rules preview --rule rule.yaml --text -",
            "with rule.yaml:  by: {phrases: {forest: [\" tree\", \" forest\"]}}"
        })
final class RulesPreviewCommand implements Callable<Integer> {
    @Option(
            names = "--rule",
            required = true,
            paramLabel = "RULE.yaml",
            description = "what stands under `by` in a plan file")
    private Path rule = Path.of("");

    @Option(
            names = "--text",
            required = true,
            paramLabel = "FILE|DIR|-",
            description = "plain text or JSON lines, also gzipped; - reads standard input")
    private String text = "";

    @Option(
            names = "--show",
            paramLabel = "N",
            description = "documents shown token by token (default: 5)")
    private int show = 5;

    @Option(names = "--html", paramLabel = "FILE", description = "also write a page")
    private @Nullable Path html;

    @Option(
            names = "--color",
            paramLabel = "auto|always|never",
            description = "mark hits by colour; else by brackets (default: auto)")
    private MarkedLine.Colour colour = MarkedLine.Colour.AUTO;

    @Mixin private TokenizerOption tokenizer = new TokenizerOption();
    @Mixin private CorpusOptions corpus = new CorpusOptions();

    @Option(names = "--json", description = "print one JSON document and nothing else")
    private boolean json;

    @Mixin private QuietOption messages = new QuietOption();

    @Override
    public Integer call() {
        OutputFile.require("--html", html);
        List<Document> documents = corpus.read(text);
        try (Tokenizer tokens =
                tokenizer.open(
                        () -> documents.stream().map(Document::text).toList(), messages::say)) {
            RoutingRule<? super Batch.Sequences> read =
                    PlanFiles.readRule(
                            rule,
                            Batch.Sequences.class,
                            new TokenizerSource(tokens, corpus.format()));
            RulePreview preview = RulePreview.of(read, tokens, documents.iterator(), show);
            cautions(read, documents, preview);
            if (html != null) {
                RulePages.page(preview, rule.toString(), text).write(html);
                messages.say("page: " + html);
            }
            if (json) {
                JsonOutput.print(document(preview));
            } else {
                print(preview);
            }
        }
        return ExitCodes.OK;
    }

    /** What a person would wonder about. */
    private void cautions(RoutingRule<?> read, List<Document> documents, RulePreview preview) {
        if (preview.documents() == 0) {
            throw new DataException(Path.of(text), "text", "at least one document", "none");
        }
        boolean labels = documents.stream().anyMatch(d -> d.label().isPresent());
        if (!labels && RulePreview.byLabel(read)) {
            messages.say(RulePreview.NO_LABELS);
        }
        if (preview.blended()) {
            messages.say(
                    "note: the rule gives each token a weight; it counts as caught where at least"
                            + " half of it belongs to the first route");
        }
    }

    private static Map<String, Object> document(RulePreview preview) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("documents", preview.documents());
        all.put("tokens", preview.tokens());
        all.put("targets", preview.targets());
        all.put("matchRate", preview.matchRate());
        all.put("caught", preview.caught());
        all.put("hits", preview.hits());
        all.put("nearMisses", preview.nearMisses());
        all.put("lines", preview.lines());
        return all;
    }

    private void print(RulePreview preview) {
        MarkedLine line = MarkedLine.of(colour, preview.caught().keySet());
        preview.lines().forEach(pieces -> System.out.println(line.text(pieces) + "\n"));
        System.out.println(line.legend());
        System.out.printf(
                Locale.ROOT,
                "documents: %,d, tokens: %,d; caught: %.2f %% of %,d targets%n%n",
                preview.documents(),
                preview.tokens(),
                100 * preview.matchRate(),
                preview.targets());
        System.out.println(RulePages.routes(preview).console());
        System.out.println(RulePages.hits(preview).console());
        if (!preview.nearMisses().isEmpty()) {
            System.out.println(RulePages.nearMisses(preview).console());
        }
    }
}
