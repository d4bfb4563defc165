package dev.sluice.experiments.routedvae;

import dev.sluice.experiments.LabelledImages;
import dev.sluice.models.VariationalAutoencoder.Sizes;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Claim;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Region;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The whole idea of the experiment: the decoder reads the code through a gate that lets the
 * gradient of an image into the units of its own class, and into the others with a weight of its
 * own, 0 as published. A second route may do the same for the columns with which the decoder reads
 * the code: what a unit draws is then learned from images of its own class. A third may keep the
 * divergence from pulling an image's own unit towards zero with all others.
 *
 * <p>The divergence reads mean and spread before the first gate and reaches the units of other
 * classes. So the claims speak of the reconstruction alone: where the weight of the others is 0,
 * their units get nothing from an image, where that of an image's own units is 0 too, the encoder
 * gets nothing from anyone, and where the weight of other columns is 0, they get nothing.
 */
final class RoutedVaePlan {
    static final String RECONSTRUCTION = "reconstruction";
    private static final List<String> HEADS =
            List.of("mean.weight", "mean.bias", "spread.weight", "spread.bias");

    /** All that the code is made by but the details. */
    private static final List<String> ENCODER = List.of("encoder.**", "mean.*", "spread.*");

    private static final String COLUMNS = "decoder.first.weight";

    private RoutedVaePlan() {}

    /**
     * The weights of an image's gradient; 1 leaves it as it is.
     *
     * @param ownUnits of the reconstruction, at the units of its own class
     * @param otherUnits of the reconstruction, at the units of other classes
     * @param otherColumns of what it teaches the decoder of those units
     * @param ownDivergence of the divergence, at the means of the units of its own class
     */
    record Shares(double ownUnits, double otherUnits, double otherColumns, double ownDivergence) {}

    /** The plan of a routed training. */
    static RoutePlan<LabelledImages> of(Shares shares, Sizes sizes) {
        List<Route<LabelledImages>> routes = new ArrayList<>();
        routes.add(
                route(
                        Route.at(HookName.of("latent.z")),
                        shares.ownUnits,
                        shares.otherUnits,
                        sizes));
        if (shares.otherColumns != 1) {
            routes.add(route(Route.parameter(HookName.of(COLUMNS)), 1, shares.otherColumns, sizes));
        }
        if (shares.ownDivergence != 1) {
            routes.add(
                    route(Route.at(HookName.of("latent.prior")), shares.ownDivergence, 1, sizes));
        }
        RoutePlan<LabelledImages> plan = new RoutePlan<>(routes, List.of(), List.of());
        for (int k = 0; k < sizes.classes(); k++) {
            Region closed = closedTo(k, shares, sizes);
            if (!closed.slices().isEmpty()) {
                plan =
                        plan.claim(
                                Claim.<LabelledImages>of(closed, Integer.toString(k))
                                        .through(RECONSTRUCTION));
            }
        }
        return plan;
    }

    /** What gets nothing from class k. */
    private static Region closedTo(int k, Shares shares, Sizes sizes) {
        Region closed = new Region(List.of());
        if (shares.ownUnits == 0 && shares.otherUnits == 0) {
            for (String parameters : ENCODER) {
                closed = closed.and(Region.of(parameters));
            }
        } else if (shares.otherUnits == 0) {
            closed = closed.and(unitsOfOthers(k, HEADS, sizes));
        }
        return shares.otherColumns == 0
                ? closed.and(unitsOfOthers(k, List.of(COLUMNS), sizes))
                : closed;
    }

    /** Each class with weight {@code own} at its own units and {@code others} at all others. */
    private static Route<LabelledImages> route(
            Route.Place place, double own, double others, Sizes sizes) {
        Route<LabelledImages> route = place.by(byClass(sizes.classes()));
        int width = sizes.unitsPerClass();
        for (int k = 0; k < sizes.classes(); k++) {
            Mask mask = Mask.all("latent", others).with(k * width, (k + 1) * width, own);
            route = route.mask(Integer.toString(k), mask);
        }
        return route;
    }

    private static RoutingRule<Batch.Labelled> byClass(int classes) {
        Map<String, List<Integer>> labels = new LinkedHashMap<>();
        IntStream.range(0, classes).forEach(k -> labels.put(Integer.toString(k), List.of(k)));
        return RoutingRule.label(labels);
    }

    private static Region unitsOfOthers(int k, List<String> parameters, Sizes sizes) {
        int from = k * sizes.unitsPerClass();
        int to = from + sizes.unitsPerClass();
        Region others = new Region(List.of());
        for (String parameter : parameters) {
            if (from > 0) {
                others = others.and(Region.of(parameter, "latent", 0, from));
            }
            if (to < sizes.latent()) {
                others = others.and(Region.of(parameter, "latent", to, sizes.latent()));
            }
        }
        return others;
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
