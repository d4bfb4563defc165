package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.HookPoint;
import dev.sluice.engine.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** One route in force at one hook point for one step. */
final class HookMask implements UnaryOperator<Tensor> {
    private final RouteMasks masks;
    private final Route<?> route;
    private final HookPoint hook;
    private final Assignment assignment;
    private final RoutingTrace.Place place;
    private final UnitAxes units;
    private final int axis;
    private final int[] pointAxes;

    /**
     * A mask for whatever passes {@code hook}.
     *
     * @throws RoutingException if the hook lacks the axis of the masks or one for each axis of the
     *     data points
     */
    HookMask(RouteMasks masks, HookPoint hook, RoutingTrace.Place place) {
        this.masks = masks;
        this.hook = hook;
        this.place = place;
        route = masks.route();
        assignment = masks.assignment();
        List<String> axes = hook.axes();
        units = UnitAxes.of(route.axis());
        axis = units.within(axes);
        if (axis < 0) {
            throw new RoutingException(
                    "hook point " + hook.name() + " has axes " + axes + ", not " + route.axis());
        }
        int[] points = new int[axes.size()];
        int found = 0;
        for (int i = 0; i < points.length; i++) {
            boolean unit = i >= axis && i < axis + units.count();
            if (!unit && HookPoint.isPointAxis(axes.get(i))) {
                points[found++] = i;
            }
        }
        if (assignment.shape().length > found) {
            throw new RoutingException(
                    "hook point "
                            + hook.name()
                            + " has axes "
                            + axes
                            + "; the rule answered for data points of shape "
                            + Arrays.toString(assignment.shape()));
        }
        pointAxes = Arrays.copyOf(points, assignment.shape().length);
    }

    @Override
    public Tensor apply(Tensor x) {
        seen(x);
        if (route.mechanism() != Mechanism.ACTIVATION) {
            return x.mul(weights(x));
        }
        if (!x.requiresGrad()) {
            return x;
        }
        UnaryOperator<Tensor> masked = onGradient(x);
        Tensor y = x.reshape(x.shape());
        masks.taps()
                .tap(
                        y,
                        g -> {
                            place.passedBackward();
                            return masked.apply(g);
                        });
        return y;
    }

    /**
     * What the mask does to a gradient. Where most data points have one row of weights, such as all
     * tokens but a few, the others are done alone: a mask for all would be as large as the
     * activation.
     */
    private UnaryOperator<Tensor> onGradient(Tensor x) {
        boolean eachPoint = pointAxes.length == axis && axis + units.count() == x.rank();
        int size = units.units(x, axis);
        MaskTable.Most most = eachPoint ? masks.most(size, maskType(x)).orElse(null) : null;
        if (most == null) {
            Tensor all = spread(masks.whole(size, maskType(x)), x).to(x.dtype());
            Tensor held = masks.taps().retain(all);
            return g -> g.mul(held.to(g.dtype()));
        }
        Tensor row = most.row();
        if (most.others().count() == 0) {
            return g -> row == null ? g : flat(g).mul(row.to(g.dtype())).reshape(g.shape());
        }
        Tensor others = most.others();
        Tensor weights = most.weights();
        return g -> {
            Tensor flat = flat(g);
            Tensor masked = row == null ? flat.copy() : flat.mul(row.to(g.dtype()));
            Tensor own = flat.select(0, others).mul(weights.to(g.dtype()));
            masked.indexCopyInPlace(0, others, own);
            return masked.reshape(g.shape());
        };
    }

    private Tensor flat(Tensor gradient) {
        return gradient.reshape(assignment.points(), -1);
    }

    /** The mask in the type of {@code x}, with axes of size 1 where it is constant. */
    Tensor mask(Tensor x) {
        seen(x);
        return weights(x);
    }

    private Tensor weights(Tensor x) {
        MaskTable table = masks.table(units.units(x, axis));
        return spread(table.of(assignment, maskType(x)), x).to(x.dtype());
    }

    private static DType maskType(Tensor x) {
        return x.dtype() == DType.F64 ? DType.F64 : DType.F32;
    }

    private void seen(Tensor x) {
        place.passedForward();
        for (int i = 0; i < pointAxes.length; i++) {
            long answered = assignment.shape()[i];
            if (answered != x.size(pointAxes[i])) {
                throw new RoutingException(
                        "hook point "
                                + hook.name()
                                + ": the rule answered for "
                                + answered
                                + " data points along "
                                + hook.axes().get(pointAxes[i])
                                + ", the activation has "
                                + x.size(pointAxes[i]));
            }
        }
    }

    /** Gives a mask [points…, units] the axes of {@code x}, with size 1 where it has none. */
    private Tensor spread(Tensor mask, Tensor x) {
        long[] shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        for (int i = axis; i < axis + units.count(); i++) {
            shape[i] = x.size(i);
        }
        int before = 0;
        for (int point : pointAxes) {
            shape[point] = x.size(point);
            before += point < axis ? 1 : 0;
        }
        long[] order = new long[mask.rank()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i < before ? i : i == before ? mask.rank() - 1 : i - 1;
        }
        return mask.permute(order).reshape(shape);
    }
}
