package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Linear;

/**
 * A small model to check plans against: encoder [6 latent, 4 in] with bias, hook encoder.out, a
 * decoder with the axes pixel (3) and latent, a scale whose layer cannot mask, and a hook whose
 * axis no parameter has.
 */
final class TwoLayers extends Layer {
    TwoLayers() {
        Rng rng = Rng.of(1);
        child("encoder", new Linear("in", 4, "latent", 6, true, DType.F32, rng));
        child("decoder", new Linear("latent", 6, "pixel", 3, true, DType.F32, rng));
        parameter("scale", Tensor.ones(DType.F32, 6), "latent");
        parameter("odd", Tensor.ones(DType.F32, 5), "pixel");
        hook("encoder.out", "batch", "latent");
        hook("decoder.out", "batch", "pixel");
        hook("nameless", "batch", "pos", "ghost");
    }
}
