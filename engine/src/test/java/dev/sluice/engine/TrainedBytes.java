package dev.sluice.engine;

import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.layer.Conv2d;
import dev.sluice.engine.layer.Embedding;
import dev.sluice.engine.layer.LayerNorm;
import dev.sluice.engine.layer.Linear;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * A small masked training, large enough for several threads, boiled down to a hash of its bytes.
 */
final class TrainedBytes {
    private static final int BATCH = 256;

    private TrainedBytes() {}

    public static void main(String[] args) {
        System.out.println(digest(Long.parseLong(args[0])));
    }

    /** The hash of every weight after five steps. */
    static String digest(long seed) {
        try (TensorScope scope = TensorScope.open();
                Net net = new Net(Rng.of(seed, "init"))) {
            Rng data = Rng.of(seed, "data");
            for (int i = 0; i < 5; i++) {
                step(net, data);
            }
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            net.state().values().forEach(t -> sha.update(t.bytes()));
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void step(Net net, Rng data) {
        Parameter weight = Objects.requireNonNull(net.parameters().get("hidden.weight"));
        try (TensorScope scope = TensorScope.open();
                TapSet taps = new TapSet()) {
            Tensor mask = Tensor.uniform(data, -1, 1, DType.F32, BATCH, weight.value().size(0));
            weight.maskPositions(new PositionMasks(taps, List.of(new AxisMask(0, mask))));
            long[] labels = new long[BATCH];
            for (int i = 0; i < BATCH; i++) {
                labels[i] = data.nextInt(10);
            }
            Tensor ids = Tensor.of(labels, BATCH);
            Tensor images = Tensor.normal(data, 1, DType.F32, BATCH, 1, 12, 12);
            net.forward(images, ids).crossEntropy(ids).mean().backward();
            for (Parameter p : net.parameters().values()) {
                Tensor g = Objects.requireNonNull(p.grad());
                p.value().addInPlace(g.mul(-0.1));
            }
            net.clearGradients();
            weight.maskPositions(null);
        }
    }

    private static final class Net extends Layer {
        private final Conv2d conv;
        private final Linear hidden;
        private final Embedding table;
        private final LayerNorm norm;
        private final Linear out;

        Net(Rng rng) {
            conv = child("conv", new Conv2d("i", 1, "c", 8, 3, 1, 0, true, DType.F32, rng));
            hidden = child("hidden", new Linear("p", 800, "h", 200, true, DType.F32, rng));
            table = child("table", new Embedding("v", 10, "h", 200, 1, DType.F32, rng));
            norm = child("norm", new LayerNorm("h", 200, 1e-5, DType.F32));
            out = child("out", new Linear("h", 200, "y", 10, false, DType.F32, rng));
        }

        Tensor forward(Tensor images, Tensor ids) {
            Tensor flat = conv.forward(images).relu().reshape(BATCH, 800);
            return out.forward(norm.forward(hidden.forward(flat).add(table.forward(ids))));
        }
    }
}
