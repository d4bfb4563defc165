package dev.sluice.routing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Leave;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.PositionMasks;
import dev.sluice.engine.PositionMasks.AxisMask;
import dev.sluice.engine.TapSet;
import dev.sluice.engine.TensorScope;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A plan in force on a model for one batch: open it, run forward and backward inside, close it.
 * Open a {@link TensorScope} around it. A model takes one router at a time.
 *
 * <p>Values never change but at {@link Mechanism#FORWARD} routes. A step in which a route's place
 * was not reached is an error: {@link #finish} after backward, or {@link #close} for the forward
 * pass, says which.
 */
public final class Router implements AutoCloseable {
    private final TapSet taps = new TapSet();
    private final RoutingTrace trace = new RoutingTrace();
    final Undo undo = new Undo();
    private final IdentityHashMap<RoutingRule<?>, Assignment> assignments = new IdentityHashMap<>();
    private final Map<Parameter, ParameterMasks> parameterMasks = new LinkedHashMap<>();
    private final Layer model;
    private @Nullable Region left;
    private boolean broken;

    /** What all routes of a plan do to one parameter. */
    private record ParameterMasks(List<AxisMask> masks, List<RoutingTrace.Place> places) {
        PositionMasks inForce(TapSet taps) {
            return new PositionMasks(
                    taps,
                    masks,
                    () -> places.forEach(RoutingTrace.Place::passedForward),
                    () -> places.forEach(RoutingTrace.Place::passedBackward));
        }
    }

    private Router(Layer model) {
        this.model = model;
    }

    /** Puts {@code plan} in force as at step 0. */
    @MustBeClosed
    public static <B> Router open(Layer model, RoutePlan<B> plan, B batch) {
        return open(model, plan, batch, 0);
    }

    /**
     * Puts {@code plan} in force.
     *
     * @param step the training step, which decides the weight of masks that are eased in
     * @throws RoutingException if a route matches nothing or does not fit; {@link RoutePlan#check}
     *     lists everything that is wrong
     * @throws IllegalStateException if the model is routed already
     */
    @MustBeClosed
    public static <B> Router open(Layer model, RoutePlan<B> plan, B batch, long step) {
        HookPoint.Interception reservation = model.reserve("a router");
        Router router = new Router(model);
        router.undo.push(reservation::close);
        try {
            for (int i = 0; i < plan.routes().size(); i++) {
                router.apply(plan.routes().get(i), i, batch, step);
            }
            for (LeaveRule rule : plan.updates()) {
                router.leave(rule, DataClass.of(plan, rule.on()));
            }
            router.parameterMasks.forEach(
                    (p, masks) -> {
                        p.maskPositions(masks.inForce(router.taps));
                        router.undo.push(() -> p.maskPositions(null));
                    });
            return router;
        } catch (RuntimeException | Error e) {
            router.broken = true;
            Undo.alsoAfter(e, router::close);
            throw e;
        }
    }

    private void leave(LeaveRule rule, DataClass<?> on) {
        Assignment assignment = Objects.requireNonNull(assignments.get(on.rule()));
        if (on.takesAll(assignment)) {
            left = left == null ? rule.region() : left.and(rule.region());
        }
    }

    private <B> void apply(Route<B> route, int number, B batch, long step) {
        Assignment assignment =
                assignments.computeIfAbsent(route.rule(), r -> route.rule().assign(batch));
        int matched = 0;
        if (route.mechanism() == Mechanism.PARAMETER) {
            for (Parameter p : model.parameters().values()) {
                if (route.at().matches(p.name())
                        && maskParameter(route, number, p, assignment, step)) {
                    matched++;
                }
            }
        } else {
            RouteMasks masks = new RouteMasks(route, assignment, step, taps);
            Map<String, Integer> points = MaskTable.count(route, assignment);
            for (HookPoint hook : model.hooks().values()) {
                if (route.at().matches(hook.name())) {
                    maskHook(masks, number, hook, points);
                    matched++;
                }
            }
        }
        if (matched == 0) {
            throw new RoutingException(unmatched(route));
        }
    }

    private String unmatched(Route<?> route) {
        boolean parameter = route.mechanism() == Mechanism.PARAMETER;
        for (Parameter p : model.parameters().values()) {
            if (parameter && route.at().matches(p.name())) {
                return "parameter " + p.name() + " has axes " + p.axes() + ", not " + route.axis();
            }
        }
        return route.at()
                .unknown(
                        parameter ? "parameter" : "hook point",
                        parameter ? model.parameters().keySet() : model.hooks().keySet());
    }

    private void maskHook(
            RouteMasks masks, int number, HookPoint hook, Map<String, Integer> points) {
        Mechanism mechanism = masks.route().mechanism();
        RoutingTrace.Place place =
                trace.place(
                        mechanism.name().toLowerCase(Locale.ROOT)
                                + " "
                                + hook.name()
                                + "#"
                                + number,
                        points,
                        mechanism == Mechanism.ACTIVATION);
        HookMask mask = new HookMask(masks, hook, place);
        undo.push(hook.intercept(mask)::close);
    }

    private boolean maskParameter(
            Route<?> route, int number, Parameter p, Assignment assignment, long step) {
        int axis = p.axis(route.axis());
        if (axis < 0) {
            return false;
        }
        if (!model.owner(p.name()).masksPositions(p, axis)) {
            throw new RoutingException(
                    "parameter "
                            + p.name()
                            + ": its layer cannot mask data points along "
                            + route.axis());
        }
        MaskTable table = new MaskTable(route, (int) p.value().size(axis), step);
        DType dtype = p.value().dtype() == DType.F64 ? DType.F64 : DType.F32;
        ParameterMasks all =
                parameterMasks.computeIfAbsent(
                        p, q -> new ParameterMasks(new ArrayList<>(), new ArrayList<>()));
        all.masks.add(new AxisMask(axis, taps.retain(table.of(assignment, dtype))));
        all.places.add(
                trace.place(
                        "parameter " + p.name() + "#" + number,
                        MaskTable.count(route, assignment),
                        true));
        return true;
    }

    /**
     * What the optimiser must not touch on this step: the regions of all leave rules whose route
     * takes the whole batch. May be asked after closing, too.
     *
     * <p>For one step on the gradients of several batches, each with a router of its own, take
     * {@link Leave#common} of what all routers say. So an element is touched as soon as one of the
     * batches may touch it, and then along the gradients of all of them, but for what routes mask;
     * at least what one batch of all their data would leave is left.
     */
    public Leave leave() {
        if (left == null) {
            return Leave.nothing();
        }
        try (TensorScope scope = TensorScope.open()) {
            return Leave.of(left.masks(model));
        }
    }

    /** What happened so far. */
    public RoutingTrace trace() {
        return trace;
    }

    /**
     * Ends the step after backward, and says what it did.
     *
     * @throws RoutingException if a route's place was not reached, forward or backward
     */
    public RoutingTrace finish() {
        trace.unreached(true)
                .ifPresent(
                        place -> {
                            broken = true;
                            throw new RoutingException(
                                    "a route did nothing in this step: " + place);
                        });
        return trace;
    }

    /** Marks the step as failed, so that closing does not complain a second time. */
    public void abandon() {
        broken = true;
    }

    /**
     * Takes the plan out of force, all of it whatever fails on the way.
     *
     * @throws RoutingException if a place was not reached by any forward pass
     * @throws dev.sluice.engine.TensorException if called during backward; call it again afterwards
     */
    @Override
    public void close() {
        boolean whole = !broken;
        broken = true;
        undo.last(taps::close);
        undo.close();
        if (whole) {
            trace.unreached(false)
                    .ifPresent(
                            place -> {
                                throw new RoutingException(
                                        "a route did nothing in this step: " + place);
                            });
        }
    }
}
