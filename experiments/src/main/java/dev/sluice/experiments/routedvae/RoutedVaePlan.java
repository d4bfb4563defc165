package dev.sluice.experiments.routedvae;

import dev.sluice.models.VariationalAutoencoder.Sizes;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The whole idea of the experiment: the decoder reads the code through a gate that lets the
 * gradient of an image into the units of its own class, and into the others with a weight of its
 * own, 0 as published.
 *
 * <p>The divergence reads mean and spread before that gate and reaches every unit. So the claims
 * speak of the reconstruction alone, and only where the weight of the other units is 0.
 */
final class RoutedVaePlan {
    static final String RECONSTRUCTION = "reconstruction";
    private static final List<String> HEADS =
            List.of("mean.weight", "mean.bias", "spread.weight", "spread.bias");

    private RoutedVaePlan() {}

    /**
     * The plan with some weight of the other units; empty of routes where nothing is routed.
     *
     * @param otherUnits the weight of an image's gradient at the units of other classes
     */
    static RoutePlan<VaeBatch> of(boolean routed, double otherUnits, Sizes sizes) {
        if (!routed) {
            return RoutePlan.of();
        }
        Route<VaeBatch> gate = Route.at(HookName.of("latent.z")).by(byClass(sizes.classes()));
        int width = sizes.unitsPerClass();
        for (int k = 0; k < sizes.classes(); k++) {
            Mask own = Mask.all("latent", otherUnits).with(k * width, (k + 1) * width, 1);
            gate = gate.mask(Integer.toString(k), own);
        }
        RoutePlan<VaeBatch> plan = RoutePlan.of(gate);
        if (otherUnits == 0 && sizes.classes() > 1) {
            for (int k = 0; k < sizes.classes(); k++) {
                plan = plan.claim(nothingFrom(k, sizes));
            }
        }
        return plan;
    }

    private static RoutingRule<Batch.Labelled> byClass(int classes) {
        Map<String, List<Integer>> labels = new LinkedHashMap<>();
        IntStream.range(0, classes).forEach(k -> labels.put(Integer.toString(k), List.of(k)));
        return RoutingRule.label(labels);
    }

    /** The units of all other classes get nothing from class k. */
    private static Claim<VaeBatch> nothingFrom(int k, Sizes sizes) {
        int from = k * sizes.unitsPerClass();
        int to = from + sizes.unitsPerClass();
        Region others = new Region(List.of());
        for (String parameter : HEADS) {
            if (from > 0) {
                others = others.and(Region.of(parameter, "latent", 0, from));
            }
            if (to < sizes.latent()) {
                others = others.and(Region.of(parameter, "latent", to, sizes.latent()));
            }
        }
        return Claim.<VaeBatch>of(others, Integer.toString(k)).through(RECONSTRUCTION);
    }

    /** The units of each class, for the metadata of a weights file. */
    static String regions(Sizes sizes) {
        StringBuilder out = new StringBuilder("{");
        int width = sizes.unitsPerClass();
        for (int k = 0; k < sizes.classes(); k++) {
            String units = k * width + "-" + ((k + 1) * width - 1);
            out.append(k == 0 ? "" : ",").append('"').append(k).append("\":[");
            out.append(slice("mean.*", units)).append(',').append(slice("spread.*", units));
            out.append(']');
        }
        return out.append('}').toString();
    }

    private static String slice(String parameters, String units) {
        return "{\"parameters\":\""
                + parameters
                + "\",\"axis\":\"latent\",\"units\":\""
                + units
                + "\"}";
    }
}
