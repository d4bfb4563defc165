package dev.sluice.testkit;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Regression with {@link TinyMlp}: mean over all entries of (y − target)².
 *
 * @param x [points…, in]
 * @param target [points…, out]
 */
public record MlpTask(TinyMlp model, Tensor x, Tensor target) implements TinyTask {
    /** A network and standard normal data; [n] or [batch, sequence] points. Close the model. */
    public static MlpTask random(TinyMlp.Sizes sizes, DType dtype, Rng rng, long... points) {
        TinyMlp model = new TinyMlp(sizes, points.length == 2, false, dtype, rng);
        return new MlpTask(
                model,
                Tensor.normal(rng, 1, dtype, with(points, sizes.in())).requireGrad(),
                Tensor.normal(rng, 1, dtype, with(points, sizes.out())));
    }

    private static long[] with(long[] points, long last) {
        long[] shape = Arrays.copyOf(points, points.length + 1);
        shape[points.length] = last;
        return shape;
    }

    @Override
    public long[] points() {
        return Arrays.copyOf(x.shape(), x.rank() - 1);
    }

    @Override
    public Tensor output() {
        return model.forward(x);
    }

    @Override
    public Tensor loss(Tensor output) {
        return output.sub(target).square().mean();
    }

    @Override
    public String entrance() {
        return "input";
    }

    @Override
    public RoutingOracle.Network pointwise() {
        return oracle -> {
            List<Tensor> rows = new ArrayList<>();
            for (int p = 0; p < pointCount(); p++) {
                rows.add(row(oracle, p));
            }
            return Tensor.concat(rows, 0).sub(target.reshape(-1, target.size(-1))).square().mean();
        };
    }

    private Tensor row(RoutingOracle oracle, int p) {
        Tensor row = oracle.at("input", p, x.detach().reshape(-1, x.size(-1)).narrow(0, p, 1));
        Tensor pre1 = oracle.at("pre1", p, map(oracle, "linear1", p, row));
        Tensor hidden1 = oracle.at("hidden1", p, pre1.relu());
        Tensor pre2 = oracle.at("pre2", p, map(oracle, "linear2", p, hidden1));
        Tensor hidden2 = oracle.at("hidden2", p, pre2.gelu(model.tanhGelu()));
        return oracle.at("output", p, map(oracle, "linear3", p, hidden2));
    }

    static Tensor map(RoutingOracle oracle, String layer, int p, Tensor x) {
        Tensor weight = oracle.parameter(layer + ".weight", p);
        return x.matmul(weight.transpose(0, 1)).add(oracle.parameter(layer + ".bias", p));
    }
}
