package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;

/**
 * Vectors with a class.
 *
 * @param x [n, features]
 */
record LabelledVectors(Tensor x, java.util.List<Integer> labels) implements Batch.Labelled {
    static LabelledVectors random(Rng rng, int features, Integer... labels) {
        return new LabelledVectors(
                Tensor.normal(rng, 1, DType.F32, labels.length, features),
                java.util.List.of(labels));
    }

    @Override
    public int size() {
        return labels.size();
    }

    @Override
    public long example(int row) {
        return row;
    }

    @Override
    public int label(int row) {
        return labels.get(row);
    }

    /** Small noise, other values or very large ones, in turn at random. */
    static LabelledVectors perturb(LabelledVectors batch, boolean[] points, Rng rng) {
        double[] sizes = {1e-3, 1, 1e6};
        int kind = rng.nextInt(sizes.length);
        Tensor noise = Tensor.normal(rng, sizes[kind], DType.F32, batch.x.shape());
        return batch.with(kind == 0 ? batch.x.add(noise) : noise, points);
    }

    /** Other values of the same size. */
    static LabelledVectors replace(LabelledVectors batch, boolean[] points, Rng rng) {
        return batch.with(Tensor.normal(rng, 1, DType.F32, batch.x.shape()), points);
    }

    private LabelledVectors with(Tensor other, boolean[] points) {
        double[] chosen = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            chosen[i] = points[i] ? 1 : 0;
        }
        Tensor rows = Tensor.of(chosen, points.length, 1).gt(0.5);
        return new LabelledVectors(other.where(rows, x), labels);
    }
}
