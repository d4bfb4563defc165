package dev.sluice.experiments;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Parameter;
import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import dev.sluice.routing.Mask;
import dev.sluice.routing.PlanReport;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a plan does to a model, on real data, ready to be drawn: the mask that each example gets at
 * each place, and the problems of the plan.
 *
 * @param routes the places, in the order of the plan; empty where nothing is routed
 * @param check the problems of the plan
 * @param parameters the parameters of the model, in order
 */
public record PlanPicture(
        List<RoutedPlace> routes, PlanReport check, List<ParameterShape> parameters) {
    private static final int PER_ROUTE = 6;

    /**
     * A route.
     *
     * @param at the pattern of its hook points or parameters
     * @param masks the weight of each unit along {@code axis}, by name
     * @param examples a few examples of each name
     */
    public record RoutedPlace(
            String at,
            String mechanism,
            String axis,
            Map<String, List<Float>> masks,
            List<Example> examples) {}

    /**
     * What became of one example.
     *
     * @param example its number in the training set
     * @param route the name it was given, or {@link Route#OTHERS}
     * @param mask the weight of each unit
     */
    public record Example(long example, String route, List<Float> mask) {}

    /** A parameter with its axes and their sizes. */
    public record ParameterShape(String name, List<String> axes, List<Long> sizes) {}

    /** Copies the lists. */
    public PlanPicture {
        routes = List.copyOf(routes);
        parameters = List.copyOf(parameters);
    }

    /**
     * Looks what a plan does to a batch.
     *
     * @param terms the names of all terms of the loss
     * @throws IllegalArgumentException if the plan does not fit the model
     */
    public static <B extends Batch> PlanPicture of(
            Layer model, RoutePlan<B> plan, Set<String> terms, B batch) {
        return new PlanPicture(
                plan.routes().stream().map(r -> place(model, r, batch)).toList(),
                plan.check(model, terms),
                model.parameters().values().stream().map(PlanPicture::shape).toList());
    }

    private static ParameterShape shape(Parameter p) {
        List<Long> sizes = new ArrayList<>();
        for (long size : p.value().shape()) {
            sizes.add(size);
        }
        return new ParameterShape(p.name(), p.axes(), sizes);
    }

    private static <B extends Batch> RoutedPlace place(Layer model, Route<B> route, B batch) {
        int size = size(model, route.axis());
        Map<String, List<Float>> masks = new LinkedHashMap<>();
        Map<String, float[]> rows = new LinkedHashMap<>();
        Mask open = Mask.all(route.axis(), 1);
        rows.put(Route.OTHERS, route.masks().getOrDefault(Route.OTHERS, open).weights(size));
        route.masks().forEach((name, mask) -> rows.put(name, mask.weights(size)));
        route.masks().keySet().forEach(name -> masks.put(name, list(rows, name)));
        return new RoutedPlace(
                route.at().pattern(),
                route.mechanism().name().toLowerCase(java.util.Locale.ROOT),
                route.axis(),
                masks,
                examples(route.rule().assign(batch), rows, batch));
    }

    private static List<Float> list(Map<String, float[]> rows, String name) {
        List<Float> weights = new ArrayList<>();
        for (float w : rows.getOrDefault(name, new float[0])) {
            weights.add(w);
        }
        return weights;
    }

    /** The first examples of each name. */
    private static List<Example> examples(
            Assignment assignment, Map<String, float[]> rows, Batch batch) {
        List<Example> examples = new ArrayList<>();
        Map<String, Integer> taken = new LinkedHashMap<>();
        for (int row = 0; row < batch.size(); row++) {
            int id = assignment.id(row);
            String name = id < 0 ? Route.OTHERS : assignment.routes().get(id);
            if (taken.merge(name, 1, Integer::sum) <= PER_ROUTE) {
                examples.add(
                        new Example(batch.example(row), name, mask(assignment, rows, row, name)));
            }
        }
        return examples;
    }

    private static List<Float> mask(
            Assignment assignment, Map<String, float[]> rows, int row, String name) {
        String known = rows.containsKey(name) ? name : Route.OTHERS;
        List<Float> own = list(rows, known);
        if (!assignment.blended() || assignment.id(row) < 0) {
            return own;
        }
        List<Float> first = list(rows, assignment.routes().get(0));
        List<Float> second = list(rows, assignment.routes().get(1));
        float w = assignment.weight(row);
        List<Float> mixed = new ArrayList<>();
        for (int u = 0; u < own.size(); u++) {
            mixed.add((1 - w) * first.get(u) + w * second.get(u));
        }
        return mixed;
    }

    /** The length of an axis, as the parameters that have it tell. */
    private static int size(Layer model, String axis) {
        Set<Long> sizes = new LinkedHashSet<>();
        for (Parameter p : model.parameters().values()) {
            int at = p.axes().indexOf(axis);
            if (at >= 0) {
                sizes.add(p.value().size(at));
            }
        }
        if (sizes.size() != 1) {
            throw new IllegalArgumentException(
                    "axis " + axis + ": expected one length in the model, found " + sizes);
        }
        return (int) (long) sizes.iterator().next();
    }
}
