package dev.sluice.testkit;

import dev.sluice.engine.Tensor;
import dev.sluice.routing.Mechanism;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The meaning of routing, computed the slow way. At each data point the parameters are a private
 * copy, used at that point only; the gradient of the <em>whole</em> loss with respect to that copy,
 * masked, is the point's contribution, and contributions are summed. Nothing here is shared with
 * the router and the layers that it is compared with.
 */
public final class RoutingOracle {
    private final Map<String, Tensor> parameters;
    private final List<PointMask> masks;
    private final List<Map<String, Tensor>> copies = new ArrayList<>();

    private RoutingOracle(Map<String, Tensor> parameters, List<PointMask> masks) {
        this.parameters = parameters;
        this.masks = masks;
    }

    /** A network that is computed data point by data point, with what the oracle hands out. */
    @FunctionalInterface
    public interface Network {
        /**
         * The whole loss: a sequence of operations that takes every parameter from {@link
         * RoutingOracle#parameter} and shows every named activation to {@link RoutingOracle#at}.
         */
        Tensor loss(RoutingOracle oracle);
    }

    /**
     * A mask that names one weight for every data point and unit.
     *
     * @param at the hook point, or the parameter where the mechanism is {@link Mechanism#PARAMETER}
     * @param axis the index of the parameter's masked axis; of no meaning at hook points
     * @param weights [points][units of the axis]
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record PointMask(Mechanism mechanism, String at, int axis, double[][] weights) {
        private Tensor of(int point, Tensor masked, int maskedAxis) {
            long[] shape = new long[masked.rank()];
            java.util.Arrays.fill(shape, 1);
            shape[maskedAxis] = weights[point].length;
            return Tensor.of(weights[point], shape).to(masked.dtype());
        }
    }

    /** The gradient of every parameter under these masks; several on one thing multiply. */
    public static Map<String, Tensor> gradients(
            Network network, Map<String, Tensor> parameters, int points, List<PointMask> masks) {
        RoutingOracle oracle = new RoutingOracle(parameters, masks);
        for (int p = 0; p < points; p++) {
            oracle.copies.add(oracle.privateCopies());
        }
        network.loss(oracle).backward();
        Map<String, Tensor> sums = new LinkedHashMap<>();
        parameters.keySet().forEach(name -> sums.put(name, oracle.sum(name)));
        return sums;
    }

    /** A parameter as it is used at one data point. */
    public Tensor parameter(String name, int point) {
        return of(copies.get(point), name);
    }

    /**
     * An activation [1, units] of one data point as it is passed on: M·x where the value is masked,
     * M·x + (1 − M)·stopgrad(x) where only the gradient is.
     */
    public Tensor at(String hook, int point, Tensor x) {
        Tensor y = x;
        for (PointMask mask : masks) {
            if (mask.mechanism() != Mechanism.PARAMETER && mask.at().equals(hook)) {
                Tensor m = mask.of(point, y, 1);
                Tensor through = m.mul(y);
                boolean value = mask.mechanism() == Mechanism.FORWARD;
                y = value ? through : through.add(m.neg().add(1).mul(y.detach()));
            }
        }
        return y;
    }

    private Tensor sum(String name) {
        Tensor sum = Tensor.zeros(of(parameters, name).dtype(), of(parameters, name).shape());
        for (int p = 0; p < copies.size(); p++) {
            Tensor contribution = of(copies.get(p), name).grad();
            for (PointMask mask : masks) {
                if (contribution != null
                        && mask.mechanism() == Mechanism.PARAMETER
                        && mask.at().equals(name)) {
                    contribution = contribution.mul(mask.of(p, contribution, mask.axis()));
                }
            }
            sum = contribution == null ? sum : sum.add(contribution);
        }
        return sum;
    }

    private Map<String, Tensor> privateCopies() {
        Map<String, Tensor> copy = new LinkedHashMap<>();
        parameters.forEach((name, value) -> copy.put(name, value.detach().copy().requireGrad()));
        return copy;
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter named " + name);
        }
        return tensor;
    }
}
