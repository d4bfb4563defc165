package dev.sluice.cli;

import dev.sluice.data.ImageSet;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.layer.Linear;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.Map;

/**
 * A linear autoencoder that adds the bias of its code after the gate: the gate keeps digits 5-9
 * from the weight of the low units, and nothing keeps them from the bias. The plan claims both.
 */
final class LeakyModel extends Layer {
    static final int IMAGES = 32;
    private static final int CODE = 4;
    private static final int PIXELS = 784;

    private final Linear encoder;
    private final HookPoint gate;
    private final Parameter offset;
    private final Linear decoder;

    LeakyModel(long seed) {
        Rng rng = Rng.of(seed, "weights");
        encoder =
                child(
                        "encoder",
                        new Linear("pixel", PIXELS, "latent", CODE, false, DType.F32, rng));
        gate = hook("gate", "batch", "latent");
        offset = parameter("offset", Tensor.zeros(DType.F32, CODE), "latent");
        decoder =
                child("decoder", new Linear("latent", CODE, "pixel", PIXELS, true, DType.F32, rng));
    }

    Map<String, Tensor> terms(Digits batch) {
        Tensor code = gate.apply(encoder.forward(batch.images)).add(offset.value());
        return Map.of("reconstruction", decoder.forward(code).sub(batch.images).square().mean());
    }

    static RoutePlan<Digits> plan() {
        Route<Digits> route =
                Route.at(HookName.of("gate"))
                        .<Digits>by(RoutingRule.label(y -> y <= 4 ? "low" : "high"))
                        .mask("low", Mask.range("latent", 0, CODE / 2))
                        .mask("high", Mask.range("latent", CODE / 2, CODE));
        return RoutePlan.of(route)
                .claim(nothingFromHigh("encoder.weight"))
                .claim(nothingFromHigh("offset"));
    }

    private static Claim<Digits> nothingFromHigh(String parameter) {
        return Claim.of(Region.of(parameter, "latent", 0, CODE / 2), "high");
    }

    /** Images as rows, with their digits. */
    record Digits(Tensor images, ImageSet set) implements Batch.Labelled {
        static Digits of(ImageSet all, int count) {
            ImageSet set = all.first(count);
            byte[] bytes = set.images();
            float[] pixels = new float[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                pixels[i] = (bytes[i] & 0xFF) / 255f;
            }
            return new Digits(Tensor.of(pixels, count, PIXELS), set);
        }

        /** Noise in place of the images at {@code points}. */
        static Digits noise(Digits batch, boolean[] points, Rng rng) {
            float[] pixels = batch.images.toFloats();
            for (int i = 0; i < pixels.length; i++) {
                if (points[i / PIXELS]) {
                    pixels[i] = (float) rng.uniform(-1, 1);
                }
            }
            return new Digits(Tensor.of(pixels, batch.size(), PIXELS), batch.set);
        }

        @Override
        public int size() {
            return set.size();
        }

        @Override
        public long example(int row) {
            return row;
        }

        @Override
        public int label(int row) {
            return set.label(row);
        }
    }
}
