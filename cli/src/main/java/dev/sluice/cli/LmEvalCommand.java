package dev.sluice.cli;

import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.language.AblatedPart;
import dev.sluice.experiments.language.LanguageEvaluation;
import dev.sluice.experiments.language.TextModel;
import dev.sluice.experiments.language.TokenScores;
import dev.sluice.experiments.language.TokenScores.Score;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import dev.sluice.routing.Ablation;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice lm eval}. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Measure how well a language model predicts a text.",
            "Mean loss in nats, perplexity, accuracy; with --rule apart for what the rule",
            "catches and the rest; with --ablate also with a part of the model put to zero."
        },
        footer = {
            "",
            "Examples:",
            "  sluice lm eval runs/language-model-20260101-120000-3f2a",
            "  sluice lm eval models/gpt2 --data stories.txt --rule rule.yaml --json",
            "  sluice lm eval models/gpt2 --ablate 'blocks.*.mlp.hook_post:d_mlp:0-31'"
        })
final class LmEvalCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Mixin private LmModelParameter model = new LmModelParameter();

    @Option(
            names = "--data",
            paramLabel = "FILE|DIR|NAME",
            description = {
                "text (default: what the run set aside; for a checkpoint",
                "generated-stories)"
            })
    private @Nullable String data;

    @Option(
            names = "--rule",
            paramLabel = "RULE.yaml",
            description = "what stands under `by` in a plan file")
    private @Nullable Path rule;

    @Option(
            names = "--ablate",
            paramLabel = "AT:AXIS:UNITS",
            description = {
                "units of a hook point or of parameters, by name or glob, put to",
                "zero; AT alone: whole parameters. May be given again"
            })
    private List<String> ablate = new ArrayList<>();

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "tokens a row has to predict (default: the model's, up to 1024)")
    private @Nullable Integer context;

    @Option(names = "--batch", paramLabel = "N", description = "rows at a time (default: 8)")
    private @Nullable Integer batch;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "at most (default: all, or as many as the run validates with)")
    private @Nullable Integer rows;

    @Mixin private CorpusOptions corpus = new CorpusOptions();

    @Option(names = "--json", description = "print one JSON document and nothing else")
    private boolean json;

    @Mixin private QuietOption messages = new QuietOption();

    @Override
    public Integer call() {
        List<AblatedPart> parts = ablate.stream().map(AblatedPart::parse).toList();
        try (TextModel opened = model.open();
                LanguageEvaluation text =
                        LanguageEvaluation.of(
                                model.path(),
                                data,
                                settings(opened),
                                System.getenv(),
                                messages.downloads())) {
            List<RoutingRule<? super Batch.Sequences>> rules =
                    rule == null ? List.of() : List.of(text.rule(rule));
            TokenScores all = text.scores(opened.transformer(), rules);
            Map<String, Score> whole = named(all);
            Map<String, Score> without =
                    parts.isEmpty() ? null : ablated(text, opened.transformer(), rules, parts);
            if (json) {
                JsonOutput.print(document(text, all.unknown(), whole, without));
            } else {
                messages.say(about(text));
                if (all.unknown() > 0) {
                    messages.say(
                            String.format(
                                    Locale.ROOT,
                                    "note: %.1f %% of the tokens are words that the vocabulary"
                                            + " lacks; they all count as one token",
                                    100 * all.unknown()));
                }
                System.out.println(table(whole, without).console());
            }
        }
        return ExitCodes.OK;
    }

    /** The scores with every part put to zero, one within the other. */
    private static Map<String, Score> ablated(
            LanguageEvaluation text,
            Transformer model,
            List<RoutingRule<? super Batch.Sequences>> rules,
            List<AblatedPart> parts) {
        if (parts.isEmpty()) {
            return named(text.scores(model, rules));
        }
        try (TensorScope scope = TensorScope.open();
                Ablation off = parts.get(0).zero(model)) {
            return ablated(text, model, rules, parts.subList(1, parts.size()));
        }
    }

    private Map<String, String> settings(TextModel opened) {
        Map<String, String> set = new LinkedHashMap<>();
        boolean elsewhere = data != null || !LanguageEvaluation.inRun(model.path());
        if (elsewhere || context != null) {
            int usual = LanguageEvaluation.context(opened.transformer());
            set.put("context", "" + (context == null ? usual : context));
        }
        if (elsewhere) {
            corpus.into(set);
            set.put("batch", "8");
        }
        LmModelOptions.put(set, "tokenizer", model.tokenizer());
        LmModelOptions.put(set, "batch", batch);
        LmModelOptions.put(set, "validation_rows", rows);
        return set;
    }

    private static Map<String, Score> named(TokenScores scores) {
        Map<String, Score> all = new LinkedHashMap<>();
        all.put(ALL, scores.all());
        all.putAll(scores.byRoute());
        return all;
    }

    private static String about(LanguageEvaluation text) {
        return "text: "
                + text.data().name()
                + (text.data().generated() ? ", made up by Sluice" : "")
                + (text.setAside() ? ", what the run set aside" : "");
    }

    private static Table table(Map<String, Score> whole, @Nullable Map<String, Score> without) {
        List<Column> columns =
                new ArrayList<>(
                        List.of(
                                Column.text("tokens that are"),
                                Column.number("count", 0),
                                Column.number("loss (nats)", 4),
                                Column.number("perplexity", 2),
                                Column.number("accuracy", 4)));
        if (without != null) {
            columns.add(Column.number("loss ablated", 4));
            columns.add(Column.number("change", 4));
        }
        Table table = Table.of("Loss", columns.toArray(Column[]::new));
        whole.forEach(
                (name, s) -> {
                    List<Cell> cells =
                            new ArrayList<>(
                                    List.of(
                                            Cell.of(name),
                                            Cell.of((double) s.tokens()),
                                            Cell.of(s.loss()),
                                            Cell.of(s.perplexity()),
                                            Cell.of(s.accuracy())));
                    Score other = without == null ? null : without.get(name);
                    if (other != null) {
                        cells.add(Cell.of(other.loss()));
                        cells.add(Cell.of(other.loss() - s.loss()));
                    }
                    table.row(cells.toArray(Cell[]::new));
                });
        return table;
    }

    private Map<String, Object> document(
            LanguageEvaluation text,
            double unknown,
            Map<String, Score> whole,
            @Nullable Map<String, Score> without) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model", model.path().toString());
        all.put("data", text.data().name());
        all.put("generated", text.data().generated());
        all.put("set_aside", text.setAside());
        all.put("unknown", unknown);
        all.put("scores", plain(whole));
        if (without != null) {
            all.put("ablate", ablate);
            all.put("ablated", plain(without));
        }
        return all;
    }

    private static Map<String, Object> plain(Map<String, Score> scores) {
        Map<String, Object> all = new LinkedHashMap<>();
        scores.forEach(
                (name, s) -> {
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("tokens", s.tokens());
                    one.put("loss", finite(s.loss()));
                    one.put("perplexity", finite(s.perplexity()));
                    one.put("accuracy", finite(s.accuracy()));
                    all.put(name, one);
                });
        return all;
    }

    /** JSON has no NaN and no infinities. */
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
