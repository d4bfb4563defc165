package dev.sluice.models;

import dev.sluice.engine.Parameter;
import dev.sluice.engine.layer.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a part of a model computes, said in a form that other tools can be told: one input, and
 * values each made from earlier ones by a chain of steps. It holds the parameters themselves, so it
 * follows their values. Every value is [n, units]; images are flattened.
 *
 * @param name of the part, such as {@code encoder}
 * @param input what comes in
 * @param values in the order of computation
 * @param outputs which of the values come out
 */
public record Graph(String name, Port input, List<Value> values, List<Port> outputs) {
    /** Copies the lists. */
    public Graph {
        values = List.copyOf(values);
        outputs = List.copyOf(outputs);
    }

    /**
     * A value that comes in or out.
     *
     * @param units of each example
     * @param image whether they are the pixels of an image
     */
    public record Port(String name, int units, boolean image) {}

    /**
     * A value.
     *
     * @param from the input or an earlier value
     * @param steps what is done to it, in order; at least one
     */
    public record Value(String name, String from, List<Step> steps) {
        /** Copies the steps. */
        public Value {
            steps = List.copyOf(steps);
        }
    }

    /** One operation on [n, units]. */
    public sealed interface Step {}

    /** x·Wᵀ + b, W [out, in]. */
    public record Dense(Parameter weight, @Nullable Parameter bias) implements Step {
        /** What a layer does. */
        public static Dense of(Linear layer) {
            return new Dense(
                    Objects.requireNonNull(layer.parameters().get("weight")),
                    layer.parameters().get("bias"));
        }
    }

    /** A function of each entry. */
    public record Apply(Function function) implements Step {}

    /** Functions of one number. */
    public enum Function {
        /** max(x, 0). */
        RELU,
        /** 1 / (1 + exp(−x)). */
        SIGMOID,
        /** ln(1 + exp(x)). */
        SOFTPLUS,
        /** ln x. */
        LOG
    }

    /** The units {@code from} to {@code to} (exclusive). */
    public record Units(int from, int to) implements Step {}

    /** Each entry times a number. */
    public record Scale(double by) implements Step {}

    /** Each entry plus that of another value, which may have one unit for all. */
    public record Plus(String value) implements Step {}

    /** Each entry times that of another value, which may have one unit for all. */
    public record Times(String value) implements Step {}

    /** The largest entry of each example: one unit. */
    public record Largest() implements Step {}

    /** A graph with one value, which comes out. */
    static Graph chain(String name, Port input, Port output, List<Step> steps) {
        return new Graph(
                name, input, List.of(new Value(output.name, input.name, steps)), List.of(output));
    }

    /** Steps after steps. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    static List<Step> join(List<Step>... parts) {
        List<Step> all = new ArrayList<>();
        Arrays.stream(parts).forEach(all::addAll);
        return all;
    }
}
