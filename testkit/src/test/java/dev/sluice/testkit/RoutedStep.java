package dev.sluice.testkit;

import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.Tensor;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.Router;
import dev.sluice.routing.RoutingTrace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What one forward and backward pass of a task gave; tensors belong to the innermost scope. */
record RoutedStep(
        Tensor output,
        Tensor loss,
        Map<String, Tensor> gradients,
        Map<String, Tensor> arrived,
        RoutingTrace trace) {

    /** One step under a plan, in which every hook point must see a gradient. */
    static RoutedStep of(TinyTask task, RoutePlan<Object> plan, long step) {
        task.model().clearGradients();
        Map<String, Arrived> arrived = new LinkedHashMap<>();
        try (TapSet watch = new TapSet()) {
            Map<String, HookPoint.Interception> watched = watch(task.model(), watch, arrived);
            try (Router router = Router.open(task.model(), plan, "batch", step)) {
                Tensor output = task.output();
                Tensor loss = task.loss(output);
                loss.backward();
                return new RoutedStep(
                        output, loss, gradients(task.model()), tensors(arrived), router.finish());
            } finally {
                watched.values().forEach(HookPoint.Interception::close);
            }
        }
    }

    /** The same without routing. */
    static RoutedStep unrouted(TinyTask task) {
        return of(task, RoutePlan.of(), 0);
    }

    /** Records the gradient of each activation as the layers before it see it. */
    private static Map<String, HookPoint.Interception> watch(
            Layer model, TapSet taps, Map<String, Arrived> arrived) {
        Map<String, HookPoint.Interception> watched = new LinkedHashMap<>();
        model.hooks()
                .forEach(
                        (name, hook) ->
                                watched.put(
                                        name,
                                        hook.intercept(
                                                x -> {
                                                    Tensor y = x.reshape(x.shape());
                                                    taps.tap(y, g -> record(arrived, name, g));
                                                    return y;
                                                })));
        return watched;
    }

    /** A copy in Java, because tensors made during backward are freed with their tap. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Arrived(double[] values, long[] shape) {}

    private static Tensor record(Map<String, Arrived> arrived, String name, Tensor gradient) {
        arrived.put(name, new Arrived(gradient.toDoubles(), gradient.shape()));
        return gradient;
    }

    private static Map<String, Tensor> tensors(Map<String, Arrived> arrived) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrived.forEach((name, a) -> tensors.put(name, Tensor.of(a.values, a.shape)));
        return tensors;
    }

    private static Map<String, Tensor> gradients(Layer model) {
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        model.parameters()
                .forEach(
                        (name, p) -> {
                            Tensor g = p.grad();
                            gradients.put(
                                    name,
                                    g == null
                                            ? Tensor.zeros(p.value().dtype(), p.value().shape())
                                            : g.copy());
                        });
        return gradients;
    }

    Tensor gradient(String parameter) {
        return Objects.requireNonNull(gradients.get(parameter), parameter);
    }

    Tensor arrived(String hook) {
        return Objects.requireNonNull(arrived.get(hook), hook);
    }
}
