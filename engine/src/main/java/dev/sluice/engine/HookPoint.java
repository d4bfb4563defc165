package dev.sluice.engine;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * A named place in a model's forward pass where a tensor can be seen and replaced. Models call
 * {@link #apply}; routers and ablations {@link #intercept}. Axes named {@code batch} and {@code
 * pos} count data points, the others are features.
 */
public final class HookPoint {
    private final List<String> axes;
    private final List<UnaryOperator<Tensor>> interceptors = new CopyOnWriteArrayList<>();
    private String name;
    private long reached;

    HookPoint(String name, List<String> axes) {
        this.name = name;
        this.axes = List.copyOf(axes);
    }

    /** The dotted name within the model. */
    public String name() {
        return name;
    }

    void prefix(String layer) {
        name = layer + "." + name;
    }

    /** The names of the axes, such as {@code batch}, {@code latent}. */
    public List<String> axes() {
        return axes;
    }

    /** Whether an axis counts data points. */
    public static boolean isPointAxis(String axis) {
        return axis.equals("batch") || axis.equals("pos");
    }

    /** How often a forward pass came through. */
    public long reached() {
        return reached;
    }

    /** Whether anything intercepts here; models may take a faster way where nothing does. */
    public boolean open() {
        return !interceptors.isEmpty();
    }

    /**
     * Passes {@code x} through the interceptors in the order they came.
     *
     * @throws TensorException if {@code x} has not the declared number of axes, or an interceptor
     *     returned null
     */
    public Tensor apply(Tensor x) {
        reached++;
        if (x.rank() != axes.size()) {
            throw new TensorException("hook " + name + ": expected axes " + axes + ", found " + x);
        }
        Tensor out = x;
        for (UnaryOperator<Tensor> f : interceptors) {
            out = f.apply(out);
            if (out == null) {
                throw new TensorException("hook " + name + ": an interceptor returned null");
            }
        }
        return out;
    }

    /** Lets {@code f} see and replace what passes until the result is closed. */
    public Interception intercept(UnaryOperator<Tensor> f) {
        interceptors.add(Objects.requireNonNull(f, "f"));
        return () -> interceptors.remove(f);
    }

    /** An interceptor in force; closing it takes it away. */
    public interface Interception extends AutoCloseable {
        @Override
        void close();
    }
}
