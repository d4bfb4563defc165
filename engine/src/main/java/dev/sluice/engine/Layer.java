package dev.sluice.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of a network, or a whole one: owns parameters, hook points and smaller layers, and names
 * them. Extend it to bring a model of your own: create everything in the constructor with {@link
 * #parameter}, {@link #hook} and {@link #child}, and write a forward method.
 */
public abstract class Layer implements AutoCloseable {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, HookPoint> hooks = new LinkedHashMap<>();
    private final Map<String, Layer> owners = new LinkedHashMap<>();
    private final Map<String, Layer> parts = new LinkedHashMap<>();
    private boolean adopted;

    private @Nullable String reservedBy;

    /** A layer without anything. */
    protected Layer() {}

    /** Registers a parameter with these starting values and axis names; the layer owns it. */
    protected final Parameter parameter(String name, Tensor start, String... axes) {
        Parameter p = new Parameter(name, start, List.of(axes));
        putNew(parameters, name, p);
        owners.put(name, this);
        return p;
    }

    /** Registers a hook point with these axis names. */
    protected final HookPoint hook(String name, String... axes) {
        HookPoint h = new HookPoint(name, List.of(axes));
        putNew(hooks, name, h);
        return h;
    }

    /**
     * Registers a layer whose names get {@code name} and a dot in front.
     *
     * @throws IllegalArgumentException if it is part of a layer already, or is this layer
     */
    protected final <L extends Layer> L child(String name, L layer) {
        Layer part = layer;
        if (part.adopted || part == this) {
            throw new IllegalArgumentException(
                    "child " + name + ": a layer is part of one other layer, once");
        }
        adopt(name, part);
        putNew(parts, name, part);
        part.adopted = true;
        return layer;
    }

    private void adopt(String name, Layer layer) {
        layer.parameters.values().forEach(p -> p.prefix(name));
        layer.hooks.values().forEach(h -> h.prefix(name));
        layer.parameters.forEach(
                (key, p) -> {
                    putNew(parameters, name + "." + key, p);
                    owners.put(name + "." + key, layer.owner(key));
                });
        layer.hooks.forEach((key, h) -> putNew(hooks, name + "." + key, h));
    }

    private static <V> void putNew(Map<String, V> map, String name, V value) {
        if (map.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("two things named " + name + " in one layer");
        }
    }

    /** Every parameter by its dotted name, in the order of registration. */
    public final Map<String, Parameter> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /** Every hook point by its dotted name, in the order of registration. */
    public final Map<String, HookPoint> hooks() {
        return Collections.unmodifiableMap(hooks);
    }

    /** The layer that reads a parameter of this model in its forward pass. */
    public final Layer owner(String parameter) {
        Layer owner = owners.get(parameter);
        if (owner == null) {
            throw new IllegalArgumentException("no parameter named " + parameter);
        }
        return owner;
    }

    /**
     * Whether the layer applies {@link PositionMasks} along {@code axis} of one of its own
     * parameters. A layer that says yes consults {@link Parameter#masks} on every forward pass,
     * calls {@link Parameter#checkPoints}, and runs {@link PositionMasks#onForward} and, when the
     * gradient arrives, {@link PositionMasks#onBackward}.
     */
    public boolean masksPositions(Parameter parameter, int axis) {
        return false;
    }

    /** What this layer itself does with all units of an axis together; nothing, unless it says. */
    protected List<AxisUse> ownAxisUses() {
        return List.of();
    }

    /** What this layer and those it is made of do with all units of an axis together. */
    public final List<AxisUse> axisUses() {
        List<AxisUse> uses = new ArrayList<>(ownAxisUses());
        parts.forEach((name, part) -> part.axisUses().forEach(use -> uses.add(use.within(name))));
        return uses;
    }

    /** The number of trainable values. */
    public final long parameterCount() {
        return parameters.values().stream().mapToLong(p -> p.value().count()).sum();
    }

    /**
     * Reserves the model, and with it every layer that is part of it, for one owner at a time, such
     * as a router, until the result is closed.
     *
     * @throws IllegalStateException naming the owner that has it, or a part of it
     */
    public final HookPoint.Interception reserve(String owner) {
        List<Layer> all = new ArrayList<>(List.of(this));
        for (int i = 0; i < all.size(); i++) {
            Layer layer = all.get(i);
            if (layer.reservedBy != null) {
                throw new IllegalStateException(
                        owner + " refused: the model is in use by " + layer.reservedBy);
            }
            all.addAll(layer.parts.values());
        }
        all.forEach(layer -> layer.reservedBy = owner);
        return () -> all.forEach(layer -> layer.reservedBy = null);
    }

    /** Forgets every gradient. */
    public final void clearGradients() {
        parameters.values().forEach(Parameter::clearGrad);
    }

    /** The current values by parameter name. They are the parameters themselves, not copies. */
    public final Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        parameters.forEach((name, p) -> state.put(name, p.value()));
        return state;
    }

    /**
     * Reads the parameters of another model from now on, in the same memory: what changes there
     * changes here. Hook points and gradients stay its own, so that both can compute at the same
     * time, a thread each. The memory lives as long as either of them is open.
     *
     * @throws TensorException naming what is missing, unknown or of another shape or type; then
     *     nothing is shared
     */
    public final void share(Layer other) {
        check(other.state());
        parameters.forEach(
                (name, p) -> {
                    Tensor value = Objects.requireNonNull(other.parameters.get(name)).value();
                    if (value.dtype() != p.value().dtype()) {
                        throw new TensorException(
                                name + ": expected " + p.value() + ", found " + value);
                    }
                });
        parameters.forEach(
                (name, p) ->
                        p.value()
                                .share(Objects.requireNonNull(other.parameters.get(name)).value()));
    }

    /**
     * Overwrites every parameter.
     *
     * @throws TensorException naming what is missing, unknown or of another shape; then nothing was
     *     written
     */
    public final void load(Map<String, Tensor> state) {
        check(state);
        parameters.forEach(
                (name, p) -> p.value().copyFrom(Objects.requireNonNull(state.get(name))));
    }

    private void check(Map<String, Tensor> state) {
        List<String> problems = new ArrayList<>();
        parameters.forEach(
                (name, p) -> {
                    Tensor t = state.get(name);
                    if (t == null) {
                        problems.add("missing " + name);
                    } else if (!Arrays.equals(t.shape(), p.value().shape())) {
                        problems.add(name + ": expected " + p.value() + ", found " + t);
                    }
                });
        state.keySet().stream()
                .filter(name -> !parameters.containsKey(name))
                .forEach(name -> problems.add("unknown " + name));
        if (!problems.isEmpty()) {
            throw new TensorException(
                    "weights do not fit the model: " + String.join("; ", problems));
        }
    }

    /** Frees every parameter. */
    @Override
    public final void close() {
        parameters.values().forEach(Parameter::close);
    }
}
