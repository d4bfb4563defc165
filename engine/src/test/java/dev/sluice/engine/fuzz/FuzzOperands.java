package dev.sluice.engine.fuzz;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Tensors whose shapes often fit each other: plain, views, leaves, closed; and a layer. */
final class FuzzOperands {
    private static final double[] WILD = {
        0, 1, -1, 0.5, 1e-300, 1e300, Double.NaN, Double.POSITIVE_INFINITY, -1e19, 3.4e38
    };

    private final Rng rng;
    private final int base;

    FuzzOperands(Rng rng, int base) {
        this.rng = rng;
        this.base = base;
    }

    private boolean chance(double p) {
        return rng.nextDouble() < p;
    }

    double wild() {
        return WILD[rng.nextInt(WILD.length)];
    }

    List<Tensor> tensors() {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(disguised(tensor()));
        }
        all.add(Tensor.of(new long[] {1, 0, 1, 0}, 4).narrow(0, 0, base));
        if (chance(0.2)) {
            for (int i = 0; i < 3; i++) {
                all.add(Tensor.normal(rng, 1, DType.F32, base, base, base, base));
            }
        }
        if (chance(0.3)) {
            all.add(Tensor.normal(rng, 1, DType.F32, base, base));
            all.add(Tensor.normal(rng, 1, DType.F32, base, base));
        }
        if (chance(0.2)) {
            Tensor leaf = Tensor.normal(rng, 1, DType.F32, base).requireGrad();
            all.addAll(List.of(leaf, leaf.square().sum()));
        }
        return all;
    }

    private Tensor disguised(Tensor t) {
        if (chance(0.3) && t.dtype().floating()) {
            t.requireGrad();
        }
        Tensor out = t;
        if (chance(0.3) && t.rank() >= 2) {
            out = t.transpose(0, -1);
        } else if (chance(0.1)) {
            out = t.unsqueeze(0).expand(prepend(base, t.shape()));
        }
        if (chance(0.04)) {
            out.close();
        }
        return out;
    }

    private static long[] prepend(long first, long... rest) {
        long[] all = new long[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    Tensor tensor() {
        long[] shape = new long[chance(0.5) ? 2 : rng.nextInt(5)];
        int count = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = chance(0.7) ? base : chance(0.1) ? 0 : 1 + rng.nextInt(4);
            count *= (int) shape[i];
        }
        DType[] types = DType.values();
        DType dtype = chance(0.5) ? DType.F32 : types[rng.nextInt(types.length)];
        double[] values = new double[count];
        boolean wild = chance(0.15);
        for (int i = 0; i < count; i++) {
            values[i] = wild ? wild() : dtype.floating() ? rng.nextGaussian() : rng.nextInt(base);
        }
        return Tensor.of(values, shape).to(dtype);
    }

    Layer layer() {
        return new Hooked(base);
    }

    /** A layer with a hook point, which none of the engine's own has. */
    private static final class Hooked extends Layer {
        Hooked(long size) {
            parameter("w", Tensor.ones(DType.F32, size), "d");
            hook("out", "batch", "d");
        }
    }
}
