package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sums what passes a hook point over all data points. */
final class MeanActivations {
    private double[] sums = new double[0];
    private long[] shape = new long[0];
    private double points;

    private MeanActivations() {}

    /** By name; sizes along axes of data points are 1. */
    static Map<String, Tensor> over(List<HookPoint> hooks, Runnable forward) {
        Map<String, MeanActivations> all = new LinkedHashMap<>();
        try (Undo open = new Undo()) {
            for (HookPoint hook : hooks) {
                MeanActivations mean = new MeanActivations();
                all.put(hook.name(), mean);
                open.push(hook.intercept(x -> mean.see(hook, x))::close);
            }
            forward.run();
        }
        Map<String, Tensor> means = new LinkedHashMap<>();
        all.forEach((name, mean) -> means.put(name, mean.mean(name)));
        return means;
    }

    private Tensor see(HookPoint hook, Tensor x) {
        shape = x.shape();
        long[] axes = new long[shape.length];
        int n = 0;
        double seen = 1;
        for (int i = 0; i < shape.length; i++) {
            if (HookPoint.isPointAxis(hook.axes().get(i))) {
                axes[n++] = i;
                seen *= shape[i];
                shape[i] = 1;
            }
        }
        try (TensorScope scope = TensorScope.open()) {
            Tensor summed = x.detach().to(DType.F64);
            for (int i = 0; i < n; i++) {
                summed = summed.sum(true, axes[i]);
            }
            double[] more = summed.toDoubles();
            sums = points == 0 ? new double[more.length] : sums;
            for (int i = 0; i < more.length; i++) {
                sums[i] += more[i];
            }
        }
        points += seen;
        return x;
    }

    private Tensor mean(String name) {
        if (points == 0) {
            throw new RoutingException(
                    "no mean of hook point " + name + ": the forward pass did not come through");
        }
        double[] mean = new double[sums.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = sums[i] / points;
        }
        return Tensor.of(mean, shape);
    }
}
