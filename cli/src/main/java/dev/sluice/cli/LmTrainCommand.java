package dev.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.language.LanguageModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice lm train}: the experiment {@code language-model}, comfortably. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Train a language model and write a run folder with report.html.",
            "Without options: a small model on generated stories, in under a minute. The",
            "model lies in RUN/model, where Hugging Face reads it too. What an option does",
            "not name is a setting: sluice list settings language-model, and --set."
        },
        footer = {
            "",
            "Examples:",
            "  sluice lm train",
            "  sluice lm train --data stories.txt --layers 6 --width 256 --steps 5000",
            "  sluice lm train --data forget.jsonl.gz --model models/gpt2 --plan plan.yaml",
            "",
            "Stop with Ctrl-C; `sluice resume RUN` goes on to the same bytes."
        })
final class LmTrainCommand implements Callable<Integer> {
    @Option(
            names = "--preset",
            paramLabel = "smoke|quick|paper",
            description = "size of the model and the training (default: quick)")
    private @Nullable String preset;

    @Option(
            names = "--data",
            paramLabel = "FILE|DIR|NAME",
            description = {
                "text: plain, JSON lines, gzipped, or a folder (default:",
                "generated-stories)"
            })
    private @Nullable String data;

    @Option(
            names = "--plan",
            paramLabel = "PLAN.yaml|auto|none",
            description = {
                "routes in force while it learns; auto: the plan for generated",
                "stories (default: none)"
            })
    private @Nullable String plan;

    @ArgGroup(exclusive = false, heading = "%nThe model:%n")
    private LmModelOptions model = new LmModelOptions();

    @ArgGroup(exclusive = false, heading = "%nThe training:%n")
    private LmTrainingOptions training = new LmTrainingOptions();

    @Option(names = "--out", paramLabel = "DIR", description = "the run folder itself")
    private @Nullable Path out;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "STEPS",
            description = "steps between checkpoints (default: about every minute)")
    private @Nullable Long checkpointEvery;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE[,VALUE...]",
            description = "any other setting; several values run as a sweep")
    private Map<String, String> set = new LinkedHashMap<>();

    @Mixin private ComputeOptions compute = new ComputeOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @SuppressWarnings("NullAway.Init") // set by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        compute.checkDevice();
        RunConfig said =
                new RunConfig(
                        LanguageModel.NAME,
                        preset,
                        List.of(LanguageModel.MODEL),
                        training.seed(),
                        null,
                        data,
                        settings(),
                        compute.dtype(),
                        compute.threads(),
                        checkpointEvery);
        RunRequest request = said.request(Catalogue.experiment(LanguageModel.NAME), output::say);
        return RunSession.start(
                request, out, output, spec.root().commandLine().getParseResult().originalArgs());
    }

    private Map<String, JsonNode> settings() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("plan", plan == null ? "none" : plan);
        model.into(all);
        training.into(all);
        Map<String, JsonNode> nodes = new LinkedHashMap<>();
        // A list of one: no comma in an option begins a sweep.
        all.forEach(
                (key, value) -> nodes.put(key, JsonNodeFactory.instance.arrayNode().add(value)));
        set.forEach((key, value) -> nodes.put(key, TextNode.valueOf(value)));
        DataKind kind = Catalogue.experiment(LanguageModel.NAME).dataKind();
        LmModelOptions.check(nodes, kind.generated(kind.named(data, System.getenv(), line -> {})));
        return nodes;
    }
}
