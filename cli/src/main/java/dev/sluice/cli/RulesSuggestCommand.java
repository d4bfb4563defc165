package dev.sluice.cli;

import dev.sluice.data.DataException;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.text.RulePages;
import dev.sluice.experiments.text.TokenSuggestions;
import dev.sluice.routing.text.FrequencyRule.Curve;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice rules suggest}. */
@Command(
        name = "suggest",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Propose tokens that tell a forget text from a retain text.",
            "Ratio: how many times as frequent a token is in the forget text, priors",
            "included; weight: what a rule by frequency would give it, 0 is forget."
        },
        footer = {
            "",
            "Examples:",
            "  sluice rules suggest --forget forest.txt --retain other.txt --top 40",
            "  sluice rules suggest --forget a.jsonl.gz --retain b.jsonl.gz --html s.html"
        })
final class RulesSuggestCommand implements Callable<Integer> {
    @Option(
            names = "--forget",
            required = true,
            paramLabel = "FILE|DIR",
            description = "text of what is to be forgotten")
    private String forget = "";

    @Option(
            names = "--retain",
            required = true,
            paramLabel = "FILE|DIR",
            description = "text of everything else")
    private String retain = "";

    @Option(names = "--top", paramLabel = "N", description = "tokens shown (default: 30)")
    private int top = 30;

    @Option(
            names = "--prior-forget",
            paramLabel = "X",
            description = "added to every count in forget text (default: 1)")
    private double forgetPrior = Curve.PAPER.forgetPrior();

    @Option(
            names = "--prior-retain",
            paramLabel = "X",
            description = "added to every count in retain text (default: 20)")
    private double retainPrior = Curve.PAPER.retainPrior();

    @Option(names = "--scale", paramLabel = "X", description = "of the weight (default: 1)")
    private double scale = Curve.PAPER.scale();

    @Option(names = "--bias", paramLabel = "X", description = "of the weight (default: -4)")
    private double bias = Curve.PAPER.bias();

    @Option(names = "--html", paramLabel = "FILE", description = "also write a page")
    private @Nullable Path html;

    @Option(names = "--json", description = "print one JSON document and nothing else")
    private boolean json;

    @Mixin private TokenizerOption tokenizer = new TokenizerOption();
    @Mixin private CorpusOptions corpus = new CorpusOptions();
    @Mixin private QuietOption messages = new QuietOption();

    @Override
    public Integer call() {
        if (top < 1) {
            throw new UsageException("top: expected at least 1, found " + top);
        }
        OutputFile.require("--html", html);
        Corpus forgetText = corpus.corpus(forget);
        Corpus retainText = corpus.corpus(retain);
        try (Tokenizer tokens = tokenizer.open(this::texts, messages::say);
                Documents forgotten = forgetText.open();
                Documents retained = retainText.open()) {
            TokenSuggestions suggestions = suggestions(tokens, forgotten, retained);
            if (html != null) {
                RulePages.page(suggestions, forget, retain).write(html);
                messages.say("page: " + html);
            }
            requireText(forget, suggestions.forgetTokens());
            requireText(retain, suggestions.retainTokens());
            suggestions.cautions().forEach(caution -> messages.say("note: " + caution));
            if (json) {
                JsonOutput.print(suggestions);
            } else {
                System.out.println(RulePages.suggestions(suggestions).console());
                System.out.println(RulePages.weights(suggestions).console());
            }
        }
        return ExitCodes.OK;
    }

    private static void requireText(String place, long tokens) {
        if (tokens == 0) {
            throw new DataException(Path.of(place), "text", "at least one token", "none");
        }
    }

    private TokenSuggestions suggestions(
            Tokenizer tokens, Documents forgotten, Documents retained) {
        try {
            Curve curve = new Curve(forgetPrior, retainPrior, scale, bias);
            return TokenSuggestions.of(tokens, forgotten, retained, curve, corpus.documents(), top);
        } catch (IllegalArgumentException e) {
            throw new UsageException("priors, scale and bias of the weight: " + e.getMessage());
        }
    }

    private List<String> texts() {
        return Stream.concat(corpus.read(forget).stream(), corpus.read(retain).stream())
                .map(Document::text)
                .toList();
    }
}
