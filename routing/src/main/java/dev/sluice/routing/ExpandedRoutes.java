package dev.sluice.routing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The routes of an expanded model: data to be forgotten trains the new units of some layers, the
 * targets, data to be retained the rest (Expand, Route, Ablate; arXiv 2410.04332, section 4.2.2).
 * With n = 1 on new units and 0 on those of the original, and the {@link Rates}:
 *
 * <table>
 *   <caption>Masks</caption>
 *   <tr><th>data</th><th>at a target</th><th>elsewhere</th></tr>
 *   <tr><td>forget</td><td>n·forgetNew + (1−n)·forgetOriginal</td><td>1−n</td></tr>
 *   <tr><td>retain</td><td>n·retainNew + (1−n)·retainOriginal</td><td>1−n</td></tr>
 * </table>
 *
 * <p>A hook point has one route, whether it is a target or not. Where nothing was appended there is
 * none. Immutable.
 *
 * <pre>{@code
 * ExpandedRoutes routes =
 *         ExpandedRoutes.of(expansion, expanded, "blocks.*.attn.hook_z", "blocks.*.mlp.hook_post")
 *                 .target("blocks.0.**");
 * RoutePlan<Batch> plan = routes.plan(rule, "forget", "retain");
 * }</pre>
 */
public final class ExpandedRoutes {
    private final Map<String, NewUnits> places;
    private final Set<String> targets;
    private final Rates rates;

    /**
     * By how much data trains units at a target.
     *
     * @param forgetNew data to be forgotten, new units
     * @param forgetOriginal data to be forgotten, units of the original; below 0 they unlearn it
     * @param retainNew other data, new units
     * @param retainOriginal other data, units of the original
     */
    public record Rates(
            double forgetNew, double forgetOriginal, double retainNew, double retainOriginal) {
        /** Each class of data trains units of its own: 1, 0, 0, 1. */
        public static final Rates APART = new Rates(1, 0, 0, 1);
    }

    private ExpandedRoutes(Map<String, NewUnits> places, Set<String> targets, Rates rates) {
        this.places = places;
        this.targets = targets;
        this.rates = rates;
    }

    /**
     * Routes at hook points of an expanded model, none of them a target yet, with {@link
     * Rates#APART}.
     *
     * @param hooks names or globs of the hook points to route at; a transformer's are {@code
     *     blocks.*.attn.hook_z} for heads and their size, {@code blocks.*.mlp.hook_post}, and
     *     {@code blocks.*.hook_resid_post} for the width of the model
     * @throws IllegalArgumentException if one matches no hook point, or the model was not expanded
     *     so
     */
    public static ExpandedRoutes of(Expansion expansion, Layer expanded, String... hooks) {
        Map<String, NewUnits> places = new LinkedHashMap<>();
        for (String pattern : hooks) {
            HookName name = HookName.of(pattern);
            boolean any = false;
            for (HookPoint hook : expanded.hooks().values()) {
                if (name.matches(hook.name())) {
                    any = true;
                    NewUnits.at(hook, expanded, expansion.added())
                            .ifPresent(units -> places.put(hook.name(), units));
                }
            }
            if (!any) {
                throw new IllegalArgumentException(
                        Names.unknown("hook point", pattern, expanded.hooks().keySet()));
            }
        }
        return new ExpandedRoutes(places, Set.of(), Rates.APART);
    }

    /**
     * Makes more of the hook points targets, as when the expansion was {@link Expansion#extended}.
     *
     * @param hooks a name or glob, such as {@code blocks.0.**}
     * @throws IllegalArgumentException if units were appended at none of them
     */
    public ExpandedRoutes target(String hooks) {
        HookName name = HookName.of(hooks);
        Set<String> more = new LinkedHashSet<>(targets);
        List<String> meant = places.keySet().stream().filter(name::matches).toList();
        if (meant.isEmpty() && !places.isEmpty()) {
            throw new IllegalArgumentException(
                    Names.unknown("hook point with new units", hooks, places.keySet()));
        }
        more.addAll(meant);
        return new ExpandedRoutes(places, more, rates);
    }

    /** The same with other rates at targets. */
    public ExpandedRoutes rates(Rates other) {
        return new ExpandedRoutes(places, targets, other);
    }

    /**
     * The routes as a plan; data to which the rule gives neither name pass unmasked.
     *
     * @param forget the rule's name for data to be forgotten
     * @param retain its name for data to be retained
     */
    public <B> RoutePlan<B> plan(RoutingRule<? super B> rule, String forget, String retain) {
        List<Route<B>> routes = new ArrayList<>();
        places.forEach(
                (hook, units) -> {
                    boolean target = targets.contains(hook);
                    Mask elsewhere = units.mask(0, 1);
                    Route<B> route = Route.at(HookName.of(hook)).by(rule);
                    routes.add(
                            route.mask(
                                            forget,
                                            target
                                                    ? units.mask(
                                                            rates.forgetNew, rates.forgetOriginal)
                                                    : elsewhere)
                                    .mask(
                                            retain,
                                            target
                                                    ? units.mask(
                                                            rates.retainNew, rates.retainOriginal)
                                                    : elsewhere));
                });
        return new RoutePlan<>(routes, List.of(), List.of());
    }

    /** 1 on new units and 0 on the others, by hook point. */
    public Map<String, Mask> newUnits() {
        Map<String, Mask> masks = new LinkedHashMap<>();
        places.forEach((hook, units) -> masks.put(hook, units.mask(1, 0)));
        return masks;
    }

    /**
     * Puts new units to zero at all hook points, targets or not, until it is closed.
     *
     * @throws RoutingException if the model lacks one of the hook points
     */
    @MustBeClosed
    public Ablation ablated(Layer expanded) {
        return Ablation.all(
                newUnits().entrySet().stream()
                        .map(e -> Ablation.units(expanded, HookName.of(e.getKey()), e.getValue()))
                        .toList());
    }
}
