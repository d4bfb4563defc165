package dev.sluice.engine;

import java.util.Collections;
import java.util.List;

/** Parameters for tests of optimisers. */
final class Optimizers {
    private Optimizers() {}

    static Parameter parameter(String name, Tensor start) {
        return new Parameter(name, start, Collections.nCopies(start.rank(), "x"));
    }

    /** The same values in memory with gaps, which the fused kernels cannot step. */
    static Tensor strided(Tensor values) {
        Tensor doubled = Tensor.stack(List.of(values, values), -1);
        return doubled.narrow(-1, 0, 1).squeeze(-1);
    }
}
