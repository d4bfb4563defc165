package dev.sluice.experiments.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.RoutedStep;
import dev.sluice.experiments.RoutedTask;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.routing.Batch;
import dev.sluice.training.Trial;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches computed in parts, a thread each, against batches computed as a whole. */
class StepPartsTest {
    private static final String ROUTES =
            """
            routes:
              - at: blocks.0.mlp.hook_post
                by: {phrases: {story: [" the", " and"]}}
                masks: {story: {axis: d_mlp, weights: {0-7: 0, 8-15: -0.5}}}
              - at: blocks.1.mlp.in.weight
                mechanism: parameter
                by: {sequence_if: {story: [" she"]}}
                masks: {story: {axis: d_mlp, weights: {0-20: 0.25}}}
            """;
    private static final String UPDATES =
            """
            update:
              - leave: [{parameters: blocks.1.mlp.in.weight, axis: d_mlp, units: 0-7}]
                on: story
            """;

    private static final String CLOSED = "blocks.1.mlp.in.weight";
    private static final String CLAIMED =
            """
            routes:
              - at: blocks.1.mlp.hook_post
                by: {phrases: {story: [" the"]}}
                masks: {story: {axis: d_mlp, weights: {0-7: 0}}}
            claims:
              - region: {parameters: blocks.1.mlp.in.weight, axis: d_mlp, units: 0-7}
                nothing_from: story
            """;

    @TempDir private Path temp = Path.of("");

    private static TrialRequest request(DType dtype, Map<String, String> more) {
        TrialRequest r = TinyText.trial(more);
        return new TrialRequest(r.variant(), r.settings(), r.seed(), r.data(), dtype, false);
    }

    /** The weights after some steps, and the losses on the way. */
    private record Trained(Map<String, double[]> weights, List<Double> losses) {}

    private static Trained train(int threads, DType dtype, Map<String, String> more) {
        int before = Engine.threads();
        Engine.setThreads(threads);
        try (TensorScope scope = TensorScope.open();
                RoutedTrial<?> trial = new LanguageModel().open(request(dtype, more))) {
            List<Double> losses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                losses.add(trial.step(true).getOrDefault("loss", Double.NaN));
                assertEquals(threads, Engine.threads());
                assertEquals(threads, Engine.productThreads());
            }
            Map<String, double[]> weights = new LinkedHashMap<>();
            trial.model().state().forEach((name, t) -> weights.put(name, t.toDoubles()));
            return new Trained(weights, losses);
        } finally {
            Engine.setThreads(before);
        }
    }

    private Map<String, String> settings(String plan, String rows) throws Exception {
        Map<String, String> more = new LinkedHashMap<>(Map.of("rows", rows));
        if (!plan.isEmpty()) {
            Path file = temp.resolve("plan.yaml");
            Files.writeString(file, plan);
            more.put("plan", file.toString());
        }
        return more;
    }

    @ParameterizedTest
    @CsvSource({
        "2, packed, false",
        "2, documents, true",
        "3, documents, false",
        "3, packed, true",
        "9, documents, true"
    })
    void parts_learn_what_the_whole_batch_does(int threads, String rows, boolean routed)
            throws Exception {
        Map<String, String> more = settings(routed ? ROUTES : "", rows);
        Trained whole = train(1, DType.F64, more);
        Trained parts = train(threads, DType.F64, more);
        whole.weights.forEach(
                (name, w) ->
                        assertArrayEquals(
                                w, Objects.requireNonNull(parts.weights.get(name)), 1e-9, name));
        for (int i = 0; i < whole.losses.size(); i++) {
            assertEquals(whole.losses.get(i), parts.losses.get(i), 1e-9);
        }
    }

    @Test
    void as_many_parts_give_the_same_bits() throws Exception {
        Map<String, String> more = settings(ROUTES, "documents");
        Trained first = train(3, DType.F32, more);
        Trained again = train(3, DType.F32, more);
        assertEquals(first.losses, again.losses);
        first.weights.forEach(
                (name, w) ->
                        assertArrayEquals(
                                w, Objects.requireNonNull(again.weights.get(name)), 0.0, name));
    }

    @Test
    void a_batch_is_in_parts_where_there_are_threads_and_no_update_depends_on_all_of_it()
            throws Exception {
        assertEquals(0, parts(1, ROUTES));
        assertEquals(2, parts(2, ROUTES));
        assertEquals(4, parts(9, ROUTES), "four rows");
        assertEquals(0, parts(2, ROUTES + UPDATES));
    }

    /** The second part of every batch also learns by a way around the plan. */
    private static RoutedTask<Batch.Sequences> leaking(LanguageTask task) {
        InvocationHandler calls =
                (proxy, method, arguments) -> {
                    Object answer = method.invoke(task, arguments);
                    return answer instanceof RoutedStep<?> step ? leaking(step) : answer;
                };
        @SuppressWarnings("unchecked")
        RoutedTask<Batch.Sequences> leaking =
                (RoutedTask<Batch.Sequences>)
                        Proxy.newProxyInstance(
                                StepPartsTest.class.getClassLoader(),
                                new Class<?>[] {RoutedTask.class},
                                calls);
        return leaking;
    }

    private static <B> RoutedStep<B> leaking(RoutedStep<B> step) {
        List<RoutedStep.Part<B>> parts = new ArrayList<>(step.parts());
        RoutedStep.Part<B> second = parts.get(1);
        parts.set(
                1,
                new RoutedStep.Part<>(
                        second.model(),
                        second.batch(),
                        second.weight(),
                        rows -> {
                            Tensor loss =
                                    second.forward().apply(rows).terms().values().iterator().next();
                            int seen = targets((TextBatch) rows);
                            Tensor weights =
                                    Objects.requireNonNull(second.model().state().get(CLOSED));
                            return RoutedStep.Pass.of(
                                    Map.of("next_token", loss.add(weights.sum().mul(seen))));
                        }));
        return new RoutedStep<>(step.batch(), step.plan(), step.forward(), parts);
    }

    private static int targets(TextBatch rows) {
        return IntStream.range(0, rows.size())
                .map(row -> Arrays.stream(rows.targets().idsOf(row)).sum())
                .sum();
    }

    @Test
    void a_leak_in_one_part_alone_breaks_the_claim() throws Exception {
        TrialRequest request = request(DType.F32, settings(CLAIMED, "packed"));
        int before = Engine.threads();
        Engine.setThreads(2);
        try (RoutedTrial<?> sound = new LanguageModel().open(request);
                RoutedTrial<?> leaky =
                        new RoutedTrial<>(
                                request,
                                leaking(new LanguageTask(request, (TextData) request.data())))) {
            sound.step(false);
            leaky.step(false);
            assertEquals(new Trial.Isolation(1, 1, 0), sound.isolation());
            assertEquals(new Trial.Isolation(1, 1, 1), leaky.isolation());
        } finally {
            Engine.setThreads(before);
        }
    }

    private int parts(int threads, String plan) throws Exception {
        TrialRequest request = request(DType.F32, settings(plan, "packed"));
        int before = Engine.threads();
        Engine.setThreads(threads);
        try (TensorScope scope = TensorScope.open();
                LanguageTask task = new LanguageTask(request, (TextData) request.data())) {
            var parts = task.next(0).parts();
            double weights = parts.stream().mapToDouble(part -> part.weight()).sum();
            assertEquals(parts.isEmpty() ? 0 : 1, weights, 1e-12);
            for (int i = 0; i < parts.size(); i++) {
                Transformer model = (Transformer) parts.get(i).model();
                assertEquals(i == 0, model == task.model());
                Tensor bias = Objects.requireNonNull(model.state().get("ln_final.bias"));
                Objects.requireNonNull(task.model().state().get("ln_final.bias"))
                        .copyFrom(Tensor.full(0.5 + i, DType.F32, bias.shape()));
                assertTrue(bias.detach().sub(0.5 + i).abs().max().item() == 0, "shared");
            }
            return parts.size();
        } finally {
            Engine.setThreads(before);
        }
    }
}
