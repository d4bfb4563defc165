package dev.sluice.experiments;

import dev.sluice.engine.Autocast;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Leave;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.experiments.RoutedStep.Part;
import dev.sluice.experiments.RoutedStep.Pass;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Brings the gradients of a step to a model's parameters: forward and backward under the plan, as a
 * whole or in parts at the same time. Of parts each has a router of its own, and their gradients
 * are added in their order, so that the same number of parts gives the same bits.
 *
 * @param <B> what a step is trained on
 */
final class StepGradients<B> implements AutoCloseable {
    private final boolean bf16;
    private final Crew crew = new Crew();

    StepGradients(boolean bf16) {
        this.bf16 = bf16;
    }

    /**
     * What came of it besides the gradients.
     *
     * @param leave what the optimiser may not touch
     * @param scalars to be logged; empty where nothing is
     */
    record Result(Leave leave, Map<String, Double> scalars) {}

    /**
     * Adds to the gradients of the model; {@link #clear} takes them away again.
     *
     * @param log whether the loss, its terms and what the task observes are wanted
     * @param done steps done before
     */
    Result compute(Layer model, RoutedStep<B> step, long done, boolean log) {
        if (step.parts().isEmpty()) {
            return learn(step.whole(model), step.plan(), done, log);
        }
        if (step.parts().get(0).model() != model) {
            throw new IllegalArgumentException("the first part is not for the model in training");
        }
        List<Callable<Result>> work = new ArrayList<>();
        for (Part<B> part : step.parts()) {
            work.add(
                    () -> {
                        try (TensorScope scope = TensorScope.open()) {
                            return learn(part, step.plan(), done, log);
                        }
                    });
        }
        List<Result> results = crew.all(work);
        for (Part<B> part : step.parts().subList(1, step.parts().size())) {
            addGradients(model, part.model());
        }
        return new Result(Leave.nothing(), sum(step.parts(), results));
    }

    /** Forgets the gradients of a step. */
    void clear(Layer model, RoutedStep<B> step) {
        model.clearGradients();
        step.parts().forEach(part -> part.model().clearGradients());
    }

    private Result learn(Part<B> part, RoutePlan<B> plan, long done, boolean log) {
        try (Router router = Router.open(part.model(), plan, part.batch(), done)) {
            Pass pass = forward(part);
            Tensor total = pass.terms().values().stream().reduce(Tensor::add).orElseThrow();
            (part.weight() == 1 ? total : total.mul(part.weight())).backward();
            router.finish();
            Map<String, Double> scalars = new LinkedHashMap<>();
            if (log) {
                scalars.put("loss", total.item());
                pass.terms().forEach((name, term) -> scalars.put("loss." + name, term.item()));
                scalars.putAll(pass.observed().get());
            }
            return new Result(router.leave(), scalars);
        }
    }

    private Pass forward(Part<B> part) {
        if (!bf16) {
            return part.forward().apply(part.batch());
        }
        try (Autocast cast = Autocast.bf16()) {
            return part.forward().apply(part.batch());
        }
    }

    private static void addGradients(Layer to, Layer from) {
        try (TensorScope scope = TensorScope.open()) {
            for (Map.Entry<String, Parameter> each : to.parameters().entrySet()) {
                Parameter other = from.parameters().get(each.getKey());
                Tensor gradient = other == null ? null : other.grad();
                if (gradient != null) {
                    each.getValue().value().addGrad(gradient);
                }
            }
        }
    }

    /** The loss and its terms are those of the whole batch; the rest is what the first part saw. */
    private static <B> Map<String, Double> sum(List<Part<B>> parts, List<Result> results) {
        Map<String, Double> first = results.get(0).scalars;
        Map<String, Double> sums = new LinkedHashMap<>(first);
        for (String name : first.keySet()) {
            if (name.equals("loss") || name.startsWith("loss.")) {
                double sum = 0;
                for (int i = 0; i < parts.size(); i++) {
                    sum += parts.get(i).weight() * results.get(i).scalars.getOrDefault(name, 0.0);
                }
                sums.put(name, sum);
            }
        }
        return sums;
    }

    @Override
    public void close() {
        crew.close();
    }
}
