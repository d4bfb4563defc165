package dev.sluice.cli;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.models.NamedModel;

/** A model as another jar would bring it. */
public final class TinyModel implements NamedModel {
    @Override
    public String name() {
        return "tiny-model";
    }

    @Override
    public String description() {
        return "one parameter and one hook point";
    }

    @Override
    public Layer open(DType dtype, Rng rng) {
        return new One(dtype);
    }

    private static final class One extends Layer {
        One(DType dtype) {
            parameter("gain", Tensor.ones(dtype, 3), "unit");
            hook("out", "batch", "unit");
        }
    }
}
