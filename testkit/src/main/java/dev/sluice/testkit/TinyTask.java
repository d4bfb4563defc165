package dev.sluice.testkit;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;

/** A tiny network with data: enough for one training step, and the same step for the oracle. */
public interface TinyTask {
    /** The network. */
    Layer model();

    /** The shape of the data points: [n] examples or [batch, sequence] tokens. */
    long[] points();

    /** One forward pass. */
    Tensor output();

    /** The loss of an output. */
    Tensor loss(Tensor output);

    /** The same computation, data point by data point. */
    RoutingOracle.Network pointwise();

    /** The hook point that everything passes first. */
    String entrance();

    /** The number of data points. */
    default int pointCount() {
        int count = 1;
        for (long size : points()) {
            count = Math.multiplyExact(count, Math.toIntExact(size));
        }
        return count;
    }
}
