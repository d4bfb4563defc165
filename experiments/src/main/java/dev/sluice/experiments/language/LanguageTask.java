package dev.sluice.experiments.language;

import dev.sluice.data.Sha256;
import dev.sluice.data.text.tokens.TokenStream;
import dev.sluice.engine.AdamW;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.ParameterGroup;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.RoutedStep;
import dev.sluice.experiments.RoutedTask;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.text.RulePreview;
import dev.sluice.models.transformer.Sampling;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.training.TrialState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Trains one language model. */
final class LanguageTask implements RoutedTask<Batch.Sequences> {
    private static final String TERM = "next_token";
    private static final Sampling SAMPLING = new Sampling(0.8, 40, 1);

    private final LanguageSettings settings;
    private final long seed;
    private final LanguageText text;
    private final Transformer model;
    private final RoutePlan<Batch.Sequences> said;
    private final RoutePlan<Batch.Sequences> plan;
    private final Optimizer optimizer;
    private final LearningRate rate;
    private final List<Sample> samples = new ArrayList<>();
    private final List<Transformer> twins = new ArrayList<>();
    private TokenStream stream;

    /** What the model wrote after some steps. */
    record Sample(long step, String prompt, String text) {}

    /** A training at its beginning. */
    LanguageTask(TrialRequest request, TextData data) {
        settings = new LanguageSettings(request.settings());
        settings.check();
        seed = request.seed();
        rate = settings.learningRate();
        text = new LanguageText(data, settings);
        Transformer opened = null;
        try (TensorScope scope = TensorScope.open()) {
            opened = LanguageModels.open(settings, text.tokenizer(), request.dtype(), seed);
            model = opened;
            Continuation.check(model, text.tokenizer(), prompt());
            said = LanguagePlans.of(settings, text.tokenizer(), model.config(), data.name());
            plan = settings.routed() ? said : RoutePlan.of();
            LanguagePlans.requireFit(settings, plan.check(model, terms()));
            stream = text.training(Rng.of(seed, "order").nextLong());
            text.checkValidation();
            if (text.labels().isEmpty()
                    && LanguagePlans.rules(said).stream().anyMatch(RulePreview::byLabel)) {
                data.listener().note(RulePreview.NO_LABELS);
            }
            optimizer =
                    new Optimizer(
                            new AdamW(0.9, settings.real("beta2"), 1e-8), rate.peak(), groups());
        } catch (RuntimeException | Error e) {
            if (opened != null) {
                opened.close();
            }
            text.close();
            throw e;
        }
    }

    /** Matrices decay; norms and biases do not. */
    private List<ParameterGroup> groups() {
        List<Parameter> matrices = new ArrayList<>();
        List<Parameter> vectors = new ArrayList<>();
        for (Parameter p : model.parameters().values()) {
            boolean matrix = p.name().endsWith("weight") && p.axes().size() > 1;
            (matrix ? matrices : vectors).add(p);
        }
        return List.of(
                ParameterGroup.of(matrices).withWeightDecay(settings.real("weight_decay")),
                ParameterGroup.of(vectors));
    }

    @Override
    public Transformer model() {
        return model;
    }

    @Override
    public Optimizer optimizer() {
        return optimizer;
    }

    @Override
    public long steps() {
        return settings.integer("steps");
    }

    @Override
    public int verifyEvery() {
        return settings.integer("verify_every");
    }

    @Override
    public double clipNorm() {
        return settings.real("clip");
    }

    @Override
    public RoutePlan<Batch.Sequences> plan(long done) {
        return plan;
    }

    @Override
    public boolean changes() {
        return false;
    }

    @Override
    public Set<String> terms() {
        return Set.of(TERM);
    }

    @Override
    public RoutedStep<Batch.Sequences> next(long done) {
        optimizer.setLearningRate(rate.at(done, steps()));
        TextBatch batch = text.batch(stream.next());
        return new RoutedStep<>(batch, plan, rows -> pass(model, rows), parts(batch));
    }

    @Override
    public RoutedStep<Batch.Sequences> sample(long done, Rng draws, int most) {
        TextBatch batch = text.batch(text.training(draws.nextLong()).next());
        return new RoutedStep<>(batch.rows(0, most), plan, rows -> pass(model, rows));
    }

    private RoutedStep.Pass pass(Transformer model, Batch.Sequences batch) {
        TextBatch rows = (TextBatch) batch;
        Tensor loss = model.loss(rows.inputs(), rows.targets());
        double now = optimizer.learningRate();
        return new RoutedStep.Pass(Map.of(TERM, loss), () -> Map.of("learning_rate", now));
    }

    /** As many parts as there are threads, of rows as even as can be; none where that is one. */
    private List<RoutedStep.Part<Batch.Sequences>> parts(TextBatch batch) {
        int count = Math.min(Engine.threads(), batch.size());
        if (count == 1 || !plan.updates().isEmpty()) {
            return List.of();
        }
        double places = batch.places();
        List<RoutedStep.Part<Batch.Sequences>> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TextBatch rows = batch.rows(batch.size() * i / count, batch.size() * (i + 1) / count);
            if (rows.places() == 0) {
                return List.of();
            }
            Transformer own = i == 0 ? model : twin(i - 1);
            parts.add(
                    new RoutedStep.Part<>(
                            own, rows, rows.places() / places, some -> pass(own, some)));
        }
        return parts;
    }

    private Transformer twin(int number) {
        while (twins.size() <= number) {
            Transformer twin = Transformer.blank(model.config(), model.dtype());
            twin.share(model);
            twins.add(twin);
        }
        return twins.get(number);
    }

    @Override
    public TextBatch perturb(Batch.Sequences batch, boolean[] points, Rng rng) {
        return ((TextBatch) batch).perturbed(points, text.tokenizer().vocabulary(), rng);
    }

    @Override
    public Map<String, Double> observe(long done) {
        int every = settings.integer("validate_every");
        boolean due = every > 0 && done % every == 0;
        if (!due && done != steps()) {
            return Map.of();
        }
        write(done);
        TokenScores scores = scores();
        Map<String, Double> logged = new LinkedHashMap<>();
        logged.put("validation.loss", scores.all().loss());
        logged.put("validation.accuracy", scores.all().accuracy());
        scores.byRoute().forEach((name, s) -> logged.put("validation.loss." + name, s.loss()));
        return logged;
    }

    private void write(long done) {
        int most = settings.integer("sample_tokens");
        if (most == 0) {
            return;
        }
        Continuation written =
                Continuation.of(
                        model,
                        text.tokenizer(),
                        prompt(),
                        SAMPLING,
                        most,
                        Rng.of(seed, "sample-" + done),
                        piece -> {});
        samples.add(new Sample(done, prompt(), written.text()));
    }

    private String prompt() {
        String said = settings.text("prompt");
        return said.equals(LanguageSettings.NONE) ? "" : said;
    }

    private TokenScores scores() {
        TokenScores scores = new TokenScores(model, text.unknown(), LanguagePlans.rules(said));
        text.validation(scores::add);
        return scores;
    }

    @Override
    public Map<String, Object> streams() {
        return Map.of("stream", stream.state(), "samples", List.copyOf(samples), "plan", planSum());
    }

    private String planSum() {
        String plan = PlanFiles.write(said) + LanguagePlans.files(said, settings.format());
        return Sha256.of(plan.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void restoreStreams(TrialState state) {
        if (!state.value("plan", String.class).equals(planSum())) {
            throw new IllegalArgumentException("the plan is another than the run began with");
        }
        stream = text.training(state.value("stream", TokenStream.State.class));
        samples.clear();
        samples.addAll(List.of(state.value("samples", Sample[].class)));
    }

    @Override
    public Map<String, Double> evaluate() {
        TokenScores scores = scores();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("loss", scores.all().loss());
        metrics.put("perplexity", scores.all().perplexity());
        metrics.put("accuracy", scores.all().accuracy());
        metrics.put("tokens", (double) scores.all().tokens());
        scores.byRoute()
                .forEach(
                        (name, s) -> {
                            metrics.put("loss." + name, s.loss());
                            metrics.put(
                                    "caught." + name, (double) s.tokens() / scores.all().tokens());
                        });
        return metrics;
    }

    @Override
    public Map<String, Object> artefacts() {
        return new LanguageArtefacts(model, text, plan, samples).collect();
    }

    @Override
    public Map<String, String> weightsMetadata() {
        return TrainedPlan.metadata(plan);
    }

    @Override
    public void publish(Path folder) {
        new PublishedModel(folder)
                .write(
                        model,
                        text.tokenizer(),
                        settings.pretrained()
                                ? TextModel.folder(Path.of(settings.text("model")))
                                : null,
                        settings.text("tokenizer").equals(LanguageSettings.AUTO));
    }

    @Override
    public void close() {
        optimizer.close();
        twins.forEach(Transformer::close);
        model.close();
        text.close();
    }
}
