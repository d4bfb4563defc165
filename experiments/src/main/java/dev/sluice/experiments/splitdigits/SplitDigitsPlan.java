package dev.sluice.experiments.splitdigits;

import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The whole idea of the experiment: the decoder reads the code through a gate that lets the
 * gradient of digits 0–4 into the low half alone and that of 5–9 into the high half alone.
 *
 * <p>Images that train both halves are blends: an image with weight a in the low loss and b in the
 * high loss is one image with weight a + b and the mask (a·M_low + b·M_high)/(a + b).
 */
final class SplitDigitsPlan {
    static final String LOW = "low";
    static final String HIGH = "high";
    static final String CODE_WEIGHT = "encoder.out.weight";
    static final String RECONSTRUCTION = "reconstruction";

    private SplitDigitsPlan() {}

    /** Which half each digit is meant for. */
    static final Map<String, List<Integer>> DIGITS =
            Map.of(LOW, List.of(0, 1, 2, 3, 4), HIGH, List.of(5, 6, 7, 8, 9));

    /** The routed reconstruction, without claims. */
    static RoutePlan<LabelledImages> routing(RoutingRule<? super LabelledImages> rule, int code) {
        int half = code / 2;
        Route<LabelledImages> gate =
                Route.at(HookName.of("encoder.out"))
                        .<LabelledImages>by(rule)
                        .mask(LOW, Mask.range("latent", 0, half))
                        .mask(HIGH, Mask.range("latent", half, code));
        return RoutePlan.of(gate);
    }

    /**
     * The plan of a setting with what it claims; empty of routes where nothing is routed. Whichever
     * images train the high half besides their own, the low half hears of low images alone.
     */
    static RoutePlan<LabelledImages> of(
            SplitDigitsSettings s,
            RoutingRule<? super LabelledImages> rule,
            boolean everyImageTrainsOneHalf) {
        if (s.routing() == Routing.NONE) {
            return RoutePlan.of();
        }
        RoutePlan<LabelledImages> plan = routing(rule, s.code()).claim(nothing(half(LOW, s), HIGH));
        return everyImageTrainsOneHalf ? plan.claim(nothing(half(HIGH, s), LOW)) : plan;
    }

    /** The weights that make a half of the code. */
    static Region half(String name, SplitDigitsSettings s) {
        int half = s.code() / 2;
        return name.equals(LOW)
                ? Region.of(CODE_WEIGHT, "latent", 0, half)
                : Region.of(CODE_WEIGHT, "latent", half, s.code());
    }

    /** The units of each half, for the metadata of a weights file. */
    static String regions(SplitDigitsSettings s) {
        int half = s.code() / 2;
        return "{\"low\":" + slice(0, half) + ",\"high\":" + slice(half, s.code()) + "}";
    }

    private static String slice(int from, int to) {
        return "{\"parameters\":\""
                + CODE_WEIGHT
                + "\",\"axis\":\"latent\",\"units\":\""
                + from
                + "-"
                + (to - 1)
                + "\"}";
    }

    private static Claim<LabelledImages> nothing(Region region, String from) {
        return Claim.<LabelledImages>of(region, from).through(RECONSTRUCTION);
    }

    /** By digit. */
    static RoutingRule<Batch.Labelled> byDigit() {
        return RoutingRule.label(DIGITS);
    }

    /** By the group of each training image. */
    static RoutingRule<Batch> byGroup(boolean[] high) {
        return RoutingRule.named(
                Set.of(LOW, HIGH),
                batch -> {
                    int[] ids = new int[batch.size()];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = high[(int) batch.example(i)] ? 1 : 0;
                    }
                    return Assignment.of(List.of(LOW, HIGH), ids, ids.length);
                });
    }

    /** By the weight of each image in the high loss, as a share of both its weights. */
    static RoutingRule<LabelledImages> byShare(float[] highShare) {
        return RoutingRule.named(
                Set.of(LOW, HIGH),
                batch -> Assignment.blend(LOW, HIGH, highShare, highShare.length));
    }
}
