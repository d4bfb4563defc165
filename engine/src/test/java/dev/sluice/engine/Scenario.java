package dev.sluice.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A random training: rule, decay, clipping, parameters, and for each step the gradients that arrive
 * and the masks of what is left. The same seed drives any number of optimisers alike.
 */
final class Scenario {
    private final long seed;
    private final DType dtype;
    private final boolean leaves;
    final UpdateRule rule;
    final double decay;
    final @Nullable Double clip;
    final List<long[]> shapes = new ArrayList<>();

    Scenario(long seed, DType dtype, boolean leaves) {
        this.seed = seed;
        this.dtype = dtype;
        this.leaves = leaves;
        Rng rng = Rng.of(seed, "scenario");
        rule = rule(rng);
        decay = rng.nextInt(2) * 0.1;
        clip = rng.nextInt(2) == 0 ? null : 0.3 + rng.nextDouble();
        int count = 1 + rng.nextInt(4);
        for (int i = 0; i < count; i++) {
            long[] shape = new long[rng.nextInt(4)];
            Arrays.setAll(shape, axis -> 1 + rng.nextInt(5));
            shapes.add(shape);
        }
    }

    private static UpdateRule rule(Rng rng) {
        return switch (rng.nextInt(6)) {
            case 0 -> Adam.standard();
            case 1 -> new Adam(0.5, 0.9, 1e-3);
            case 2 -> AdamW.standard();
            case 3 -> Sgd.plain();
            case 4 -> new Sgd(0.9, 0.25, false);
            default -> new Sgd(0.9, 0, true);
        };
    }

    List<Parameter> parameters(boolean strided) {
        List<Parameter> parameters = new ArrayList<>();
        Rng rng = Rng.of(seed, "start");
        for (long[] shape : shapes) {
            Tensor start = Tensor.normal(rng, 1, dtype, shape);
            parameters.add(
                    Optimizers.parameter(
                            "p" + parameters.size(), strided ? Optimizers.strided(start) : start));
        }
        return parameters;
    }

    Optimizer optimizer(List<Parameter> parameters) {
        return new Optimizer(rule, 0.1, List.of(new ParameterGroup(parameters, 0.5, decay)));
    }

    double rate(int step) {
        return step % 3 == 2 ? 0 : 0.05 * (step + 1);
    }

    /** The masks of a step, by position of the parameter; whole, none, or of one or all axes. */
    Map<Integer, Tensor> masks(int step) {
        Map<Integer, Tensor> masks = new LinkedHashMap<>();
        Rng rng = Rng.of(seed, "masks" + step);
        for (int p = 0; leaves && p < shapes.size(); p++) {
            long[] shape = shapes.get(p).clone();
            int kind = rng.nextInt(5);
            if (kind == 1 && shape.length > 0) {
                int axis = rng.nextInt(shape.length);
                long size = shape[axis];
                Arrays.fill(shape, 1);
                shape[axis] = size;
            }
            double low = kind == 2 ? 1 : kind == 3 ? -1 : 0;
            if (kind != 4) {
                masks.put(p, Tensor.uniform(rng, low, low + 1, DType.F64, shape).gt(0.5));
            }
        }
        return masks;
    }

    /** The gradients of a step; some parameters get none. */
    Map<Integer, double[]> gradients(int step) {
        Map<Integer, double[]> gradients = new LinkedHashMap<>();
        Rng rng = Rng.of(seed, "gradients" + step);
        for (int p = 0; p < shapes.size(); p++) {
            if (rng.nextInt(5) > 0) {
                double[] values = new double[(int) count(shapes.get(p))];
                Arrays.setAll(values, i -> rng.nextInt(6) == 0 ? 0 : rng.nextGaussian());
                gradients.put(p, values);
            }
        }
        return gradients;
    }

    static long count(long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** The mask of a parameter at full size: true where it is left. */
    boolean[] left(int p, Map<Integer, Tensor> masks) {
        boolean[] left = new boolean[(int) count(shapes.get(p))];
        Tensor mask = masks.get(p);
        if (mask != null) {
            double[] ones = mask.to(DType.F64).expand(shapes.get(p)).toDoubles();
            for (int i = 0; i < left.length; i++) {
                left[i] = ones[i] == 1;
            }
        }
        return left;
    }

    /** Puts the gradients, with infinities and NaN where left, clips and steps. */
    void step(int step, List<Parameter> parameters, Optimizer optimizer) {
        try (TensorScope scope = TensorScope.open()) {
            Map<Integer, Tensor> masks = masks(step);
            Map<Parameter, Tensor> leave = new LinkedHashMap<>();
            masks.forEach((p, mask) -> leave.put(parameters.get(p), mask));
            optimizer.clearGradients();
            gradients(step)
                    .forEach(
                            (p, values) ->
                                    parameters.get(p).value().addGrad(poisoned(p, values, masks)));
            Leave left = Leave.of(leave);
            if (clip != null) {
                optimizer.clipGradients(clip, left);
            }
            optimizer.setLearningRate(rate(step) * 2);
            optimizer.step(left);
        }
    }

    private Tensor poisoned(int p, double[] values, Map<Integer, Tensor> masks) {
        boolean[] left = left(p, masks);
        double[] poison = {Double.NaN, Double.POSITIVE_INFINITY, 1e300, -0.0};
        double[] out = values.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = left[i] ? poison[i % poison.length] : out[i];
        }
        return Tensor.of(out, shapes.get(p)).to(dtype);
    }

    static void close(Optimizer optimizer, List<Parameter> parameters) {
        optimizer.close();
        parameters.forEach(Parameter::close);
    }

    static byte[] bytes(Tensor t) {
        return Objects.requireNonNull(t.bytes().array());
    }
}
