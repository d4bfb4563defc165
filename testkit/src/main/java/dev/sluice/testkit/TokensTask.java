package dev.sluice.testkit;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Prediction with {@link TinyTokens}: mean cross-entropy in nats over all positions.
 *
 * @param ids [batch, sequence]
 * @param mix [sequence, sequence]
 * @param target [batch, sequence] of indices
 */
public record TokensTask(TinyTokens model, Tensor ids, Tensor mix, Tensor target)
        implements TinyTask {
    /** A network with a random gain and offset, and random data. Close the model. */
    public static TokensTask random(
            TinyTokens.Sizes sizes, DType dtype, Rng rng, long batch, long sequence) {
        TinyTokens model = new TinyTokens(sizes, 1e-5, true, dtype, rng);
        model.parameters().values().stream()
                .filter(p -> p.name().startsWith("norm."))
                .forEach(p -> p.value().addInPlace(Tensor.normal(rng, 0.3, dtype, sizes.d())));
        double[] mix = new double[(int) (sequence * sequence)];
        for (int t = 0; t < sequence; t++) {
            for (int u = 0; u <= t; u++) {
                mix[(int) (t * sequence) + u] = rng.uniform(-1, 1);
            }
        }
        return new TokensTask(
                model,
                indices(rng, sizes, batch, sequence),
                Tensor.of(mix, sequence, sequence).to(dtype),
                indices(rng, sizes, batch, sequence));
    }

    private static Tensor indices(Rng rng, TinyTokens.Sizes sizes, long batch, long sequence) {
        long[] ids = new long[(int) (batch * sequence)];
        java.util.Arrays.setAll(ids, i -> rng.nextInt((int) sizes.vocabulary()));
        return Tensor.of(ids, batch, sequence);
    }

    @Override
    public long[] points() {
        return ids.shape();
    }

    @Override
    public Tensor output() {
        return model.forward(ids, mix);
    }

    @Override
    public Tensor loss(Tensor output) {
        return output.reshape(-1, output.size(-1)).crossEntropy(target.reshape(-1)).mean();
    }

    @Override
    public String entrance() {
        return "embedding";
    }

    @Override
    public RoutingOracle.Network pointwise() {
        return oracle -> {
            List<Tensor> hidden = new ArrayList<>();
            for (int p = 0; p < pointCount(); p++) {
                hidden.add(hidden(oracle, p));
            }
            long[] targets = target.toLongs();
            Tensor sum = Tensor.zeros(mix.dtype());
            for (int p = 0; p < pointCount(); p++) {
                Tensor mixed = oracle.at("mixed", p, mixed(hidden, p));
                Tensor logits = oracle.at("output", p, MlpTask.map(oracle, "linear2", p, mixed));
                sum = sum.sub(logits.logSoftmax(1).narrow(1, targets[p], 1).sum());
            }
            return sum.mul(1.0 / pointCount());
        };
    }

    private Tensor hidden(RoutingOracle oracle, int p) {
        long id = ids.toLongs()[p];
        Tensor row = oracle.parameter("embedding.weight", p).narrow(0, id, 1);
        Tensor x = oracle.at("embedding", p, row);
        Tensor centred = x.sub(x.mean());
        Tensor unit = centred.div(centred.square().mean().add(model.eps()).sqrt());
        Tensor scaled = unit.mul(oracle.parameter("norm.weight", p));
        Tensor normed = oracle.at("norm", p, scaled.add(oracle.parameter("norm.bias", p)));
        Tensor pre = oracle.at("pre", p, MlpTask.map(oracle, "linear1", p, normed));
        return oracle.at("hidden", p, pre.gelu(model.tanhGelu()));
    }

    private Tensor mixed(List<Tensor> hidden, int p) {
        int length = Math.toIntExact(ids.size(1));
        int first = p / length * length;
        double[] weights = mix.toDoubles();
        Tensor sum = hidden.get(first).mul(weights[p % length * length]);
        for (int u = 1; u < length; u++) {
            sum = sum.add(hidden.get(first + u).mul(weights[p % length * length + u]));
        }
        return sum;
    }
}
