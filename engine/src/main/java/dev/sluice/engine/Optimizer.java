package dev.sluice.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.global.torch;

/**
 * Moves parameters along their gradients by an {@link UpdateRule}. After {@code backward}, clip if
 * wanted, {@link #step}, then {@link #clearGradients}.
 *
 * <p>A parameter without gradient is skipped: it gets no decay, counts no step and has no state. A
 * {@link Leave} exempts single elements in the same way. Parameters whose elements all took the
 * same number of steps go through libtorch's fused kernels; the others through tensor arithmetic
 * with a bias correction per element. The two agree to rounding, and the same history gives the
 * same bytes.
 *
 * <p>The optimiser owns its state, not the parameters. Not safe for use by several threads.
 */
public final class Optimizer implements AutoCloseable {
    private final Kernel kernel;
    private final List<GroupState> groups = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private double learningRate;
    private boolean closed;

    /**
     * Without state yet.
     *
     * @param learningRate η for groups of rate scale 1
     * @throws IllegalArgumentException if the rate is negative or not a number, or a parameter or
     *     the name of one is there twice
     */
    public Optimizer(UpdateRule rule, double learningRate, List<ParameterGroup> groups) {
        kernel = Kernel.of(rule);
        this.learningRate = Settings.notNegative("learning rate", learningRate);
        for (ParameterGroup group : groups) {
            GroupState state = new GroupState(group, kernel);
            this.groups.add(state);
            slots.addAll(state.slots());
        }
        Set<String> names = new HashSet<>();
        for (Slot slot : slots) {
            if (!names.add(slot.parameter().name())) {
                throw new IllegalArgumentException(
                        "two parameters to optimise are named " + slot.parameter().name());
            }
        }
    }

    /** The learning rate in force. */
    public double learningRate() {
        return learningRate;
    }

    /**
     * Sets the learning rate from the next step on.
     *
     * @throws IllegalArgumentException if it is negative or not a number
     */
    public void setLearningRate(double learningRate) {
        this.learningRate = Settings.notNegative("learning rate", learningRate);
    }

    /** Steps every parameter that has a gradient; see {@link #step(Leave)}. */
    public boolean step() {
        return step(Leave.nothing());
    }

    /**
     * Steps every element that has a gradient and is not left; unless the step is void. It is where
     * the gradient of one of these elements is infinite or NaN: then no weight, moment or count of
     * any parameter changes, and training may go on with the next batch. Count the void steps and
     * show them; the gradients stay, for you to look at and clear.
     *
     * @return whether the step was taken
     * @throws TensorException if this or a parameter is closed
     */
    public boolean step(Leave leave) {
        requireOpen("step");
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            if (!finite(leave)) {
                return false;
            }
            groups.forEach(g -> g.step(learningRate, leave));
            return true;
        }
    }

    /**
     * Whether no element that is not left is infinite or NaN. A sum is one fast pass, and finite
     * only if every summand is; only if it is not, we look.
     */
    private boolean finite(Leave leave) {
        List<Tensor> sums = new ArrayList<>();
        for (Slot slot : slots) {
            Tensor grad = slot.parameter().grad();
            if (grad != null && !leave.whole(slot.parameter())) {
                sums.add(grad.sum());
            }
        }
        return sums.isEmpty()
                || Double.isFinite(Tensor.stack(sums, 0).sum().item())
                || slots.stream().allMatch(slot -> finite(slot.parameter(), leave));
    }

    private static boolean finite(Parameter parameter, Leave leave) {
        Tensor grad = parameter.grad();
        return grad == null
                || leave.whole(parameter)
                || touched(parameter, grad, leave).isFinite().logicalNot().sum().item() == 0;
    }

    /** The gradient with zeros where it is left. */
    private static Tensor touched(Parameter parameter, Tensor grad, Leave leave) {
        Tensor left = leave.mask(parameter);
        return left == null ? grad : Tensor.zeros(grad.dtype()).where(left, grad);
    }

    /** Forgets the gradients of every parameter. */
    public void clearGradients() {
        try (TensorScope scope = TensorScope.open()) {
            slots.forEach(s -> s.parameter().clearGrad());
        }
    }

    /**
     * Shortens the gradient of all parameters together; see {@link #clipGradients(double, Leave)}.
     */
    public double clipGradients(double maxNorm) {
        return clipGradients(maxNorm, Leave.nothing());
    }

    /**
     * Shortens the gradient of all parameters together to a norm of at most {@code maxNorm}: every
     * gradient is multiplied by min(1, maxNorm / (n + 1e-6)), where n is the Euclidean norm over
     * the elements that are not left. So what is left, also an infinity or NaN there, has no
     * influence on the others.
     *
     * @return n, the norm before clipping; where it is not finite, so are not the gradients, and
     *     the step is void
     * @throws IllegalArgumentException if {@code maxNorm} is negative or NaN
     */
    public double clipGradients(double maxNorm, Leave leave) {
        if (!(maxNorm >= 0)) {
            throw new IllegalArgumentException(
                    "norm to clip to: expected a number not below 0, found " + maxNorm);
        }
        requireOpen("clipGradients");
        try (TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            List<Tensor> grads = new ArrayList<>();
            double squares = 0;
            for (Slot slot : slots) {
                Tensor grad = slot.parameter().grad();
                if (grad != null) {
                    grads.add(grad);
                    double norm = norm(slot.parameter(), grad, leave);
                    squares += norm * norm;
                }
            }
            double norm = Math.sqrt(squares);
            double factor = Math.min(1, maxNorm / (norm + 1e-6));
            if (factor != 1) {
                grads.forEach(g -> g.mulInPlace(factor));
            }
            return norm;
        }
    }

    private static double norm(Parameter parameter, Tensor grad, Leave leave) {
        if (leave.whole(parameter)) {
            return 0;
        }
        Tensor touched = touched(parameter, grad, leave);
        double norm = norm(touched);
        return Double.isInfinite(norm) ? norm(touched.to(DType.F64)) : norm;
    }

    private static double norm(Tensor t) {
        return Native.call("norm", () -> torch.linalg_vector_norm(t.nat()), t).item();
    }

    /**
     * Everything besides learning rate and weights that a byte-identical continuation needs. Keys
     * are {@code m/NAME} and {@code v/NAME} (Adam, AdamW) or {@code buffer/NAME} (momentum), and
     * {@code step/NAME}, the number of steps (i64, broadcasts to the parameter); only for
     * parameters that stepped. The tensors are the optimiser's own, not copies, and valid until the
     * next step, {@link #load} or {@link #close}.
     */
    public Map<String, Tensor> state() {
        requireOpen("state");
        Map<String, Tensor> state = new LinkedHashMap<>();
        slots.forEach(s -> s.save(kernel.moments(), state));
        return state;
    }

    /**
     * Takes over copies of what {@link #state} gave, in place of the present state.
     *
     * @throws TensorException naming what is missing, unknown or of another shape or type; then
     *     nothing was changed
     */
    public void load(Map<String, Tensor> state) {
        requireOpen("load");
        List<String> problems = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Slot slot : slots) {
            known.addAll(slot.keys(kernel.moments()));
            problems.addAll(slot.problems(kernel.moments(), state));
        }
        state.keySet().stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> problems.add("unknown " + key));
        if (!problems.isEmpty()) {
            throw new TensorException(
                    "state does not fit the optimiser: " + String.join("; ", problems));
        }
        try (TensorScope scope = TensorScope.open()) {
            groups.forEach(GroupState::forgetLists);
            slots.forEach(s -> s.load(kernel.moments(), state));
        }
    }

    private void requireOpen(String operation) {
        if (closed) {
            throw new TensorException(operation + ": the optimiser is closed");
        }
    }

    /** Frees the state. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
        groups.forEach(GroupState::close);
    }
}
