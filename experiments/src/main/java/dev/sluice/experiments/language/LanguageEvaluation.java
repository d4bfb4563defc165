package dev.sluice.experiments.language;

import dev.sluice.data.ProgressListener;
import dev.sluice.data.TrainingData;
import dev.sluice.experiments.DataKind;
import dev.sluice.experiments.RunRequest;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Runner;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.text.TokenizerSource;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.training.DataIdentity;
import dev.sluice.training.RunException;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A text to measure language models on: the part that the model's own run set aside, or any other.
 */
public final class LanguageEvaluation implements AutoCloseable {
    private static final int CONTEXT = 1024;

    private final TrainingData data;
    private final LanguageSettings settings;
    private final LanguageText text;
    private final boolean setAside;

    private LanguageEvaluation(TextData data, LanguageSettings settings, boolean setAside) {
        this.data = data;
        this.settings = settings;
        this.setAside = setAside;
        text = new LanguageText(data, settings);
    }

    /**
     * What to measure a model on.
     *
     * @param model a run, a model in one, or a checkpoint
     * @param source a file, folder or name; null: what the run set aside, or generated stories for
     *     a checkpoint outside of a run
     * @param set settings of {@code language-model} on how text is read, laid over the usual ones
     * @param environment of the process
     * @throws dev.sluice.data.DataException if the text is missing
     * @throws RunException if the text of a run is no longer what it was then
     * @throws UsageException if a setting does not fit
     */
    public static LanguageEvaluation of(
            Path model,
            @Nullable String source,
            Map<String, String> set,
            Map<String, String> environment,
            ProgressListener listener) {
        DataKind kind = new LanguageModel().dataKind();
        Optional<Path> run = run(model);
        if (source == null && run.isPresent()) {
            return ofRun(run.get(), model, set, environment, listener);
        }
        String name = kind.named(source, environment, listener::note);
        Map<String, String> usual = new LinkedHashMap<>(LanguageSettings.preset("quick"));
        usual.put("model", model.toString());
        usual.put("validation_rows", "1000000000");
        LanguageSettings settings =
                new LanguageSettings(Settings.of(LanguageSettings.DECLARED, usual, set));
        TextData data = new TextData(name, kind.seed(name, null), settings, environment, listener);
        return new LanguageEvaluation(data, settings, false);
    }

    private static LanguageEvaluation ofRun(
            Path run,
            Path model,
            Map<String, String> set,
            Map<String, String> environment,
            ProgressListener listener) {
        try (RunFolder folder = RunFolder.openToRead(run)) {
            RunManifest manifest = folder.manifest();
            RunRequest request = RunView.request(run, manifest);
            if (!request.experiment().equals(LanguageModel.NAME)) {
                throw new UsageException(
                        run
                                + ": expected a run of "
                                + LanguageModel.NAME
                                + ", found "
                                + request.experiment());
            }
            TextData data =
                    (TextData) new LanguageModel().dataKind().open(request, environment, listener);
            DataIdentity now = Runner.identity(data);
            if (!manifest.data().contains(now)) {
                throw new RunException(
                        run, "data", "the data of the run: " + manifest.data(), now.toString());
            }
            Settings own = point(request, model).settings();
            Map<String, String> all = new LinkedHashMap<>(own.values());
            all.put("tokenizer", TextModel.folder(model).toString());
            all.put("cut", "0");
            all.putAll(set);
            Settings settings = Settings.of(LanguageSettings.DECLARED, all);
            return new LanguageEvaluation(data, new LanguageSettings(settings), true);
        }
    }

    /** The training that a model of a run came from: {@code models/NAME-SEED} says which. */
    private static RunRequest.Point point(RunRequest request, Path model) {
        List<RunRequest.Point> points = request.points(new LanguageModel());
        String folder = String.valueOf(model.toAbsolutePath().normalize().getFileName());
        String name = folder.replaceFirst("-\\d+$", "");
        return points.stream()
                .filter(point -> point.name().equals(name))
                .findFirst()
                .orElse(points.get(0));
    }

    /** Whether a model is a run, or lies in one. */
    public static boolean inRun(Path model) {
        return run(model).isPresent();
    }

    /** The run that a model is, or lies in. */
    private static Optional<Path> run(Path model) {
        Path at = model.toAbsolutePath().normalize();
        for (int up = 0; up < 3 && at != null; up++, at = at.getParent()) {
            if (TextModel.isRun(at)) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    /** The longest context that rows are usually made for: the model's, but no more than 1024. */
    public static int context(Transformer model) {
        TransformerConfig config = model.config();
        return Math.min(CONTEXT, config.context());
    }

    /** What the text is called. */
    public TrainingData data() {
        return data;
    }

    /** Whether only documents are measured on that the run set aside. */
    public boolean setAside() {
        return setAside;
    }

    /**
     * A rule on this text.
     *
     * @throws dev.sluice.routing.plan.PlanException if the file is missing or holds no rule
     */
    public RoutingRule<? super Batch.Sequences> rule(Path file) {
        return PlanFiles.readRule(
                file,
                Batch.Sequences.class,
                new TokenizerSource(text.tokenizer(), settings.format()));
    }

    /**
     * Lets a model predict the text.
     *
     * @param rules to tell tokens apart by
     * @throws dev.sluice.data.DataException if the text is damaged or too short
     * @throws UsageException if the rows are longer than the model's context
     */
    public TokenScores scores(
            Transformer model, List<? extends RoutingRule<? super Batch.Sequences>> rules) {
        if (model.config().positions() instanceof TransformerConfig.Learned learned
                && settings.integer("context") > learned.count()) {
            throw new UsageException(
                    "context: expected at most the "
                            + learned.count()
                            + " positions that the model has learned, found "
                            + settings.integer("context"));
        }
        TokenScores scores = new TokenScores(model, text.unknown(), rules);
        if (setAside) {
            text.validation(scores::add);
        } else {
            text.everything(scores::add);
        }
        return scores;
    }

    @Override
    public void close() {
        text.close();
    }
}
