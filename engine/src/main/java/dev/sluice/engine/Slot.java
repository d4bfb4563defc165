package dev.sluice.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * What an optimiser keeps for one parameter: its moments, and how many steps it has taken. The
 * count is a single number until a step leaves part of the parameter; from then on it has as many
 * elements as the masks need, and broadcasts to the parameter. Nothing is kept before the first
 * step.
 */
final class Slot implements AutoCloseable {
    private static final String STEP = "step";
    private static final int SETTLE_EVERY = 64;

    private final Parameter parameter;
    private List<Tensor> moments = List.of();
    private @Nullable Tensor count;

    /** The most steps that an element has taken: the count's largest, which is slow to ask for. */
    private long taken;

    Slot(Parameter parameter) {
        this.parameter = parameter;
    }

    Parameter parameter() {
        return parameter;
    }

    Tensor moment(int i) {
        return moments.get(i);
    }

    /** How many steps each element has taken. */
    Tensor count() {
        if (count == null) {
            throw new TensorException("no step taken yet: " + parameter.name());
        }
        return count;
    }

    /** Whether no element has stepped yet. */
    boolean fresh() {
        return taken == 0;
    }

    /** Whether the fused kernels, which know one count and dense memory only, may step it. */
    boolean fusable() {
        return count().count() == 1 && parameter.value().nat().is_contiguous();
    }

    /** Makes moments of zeros, unless there are some. */
    void start(List<String> names) {
        if (count == null) {
            Tensor value = parameter.value();
            moments = names.stream().map(n -> Tensor.zeros(value.dtype(), value.shape())).toList();
            moments.forEach(Tensor::retain);
            count = Tensor.zeros(DType.I64).retain();
        }
    }

    /** Counts a step of the elements that are not left. */
    void advance(@Nullable Tensor left) {
        Tensor before = count();
        if (left == null) {
            before.addInPlace(Tensor.ones(DType.I64));
            taken++;
        } else {
            Tensor after = before.add(left.logicalNot().to(DType.I64)).retain();
            count = after;
            taken = (long) after.max().item();
            before.close();
        }
    }

    /** Notes that the count was raised from outside, for a fused kernel. */
    void advanced() {
        taken++;
    }

    /**
     * At every 64th step, makes zeros of the moments that are negligible, but for those of elements
     * that are left. Where gradients have ended, as at a unit that died, moments shrink until they
     * are denormal and then stay; processors take a hundred times as long for such a number.
     */
    void settle(double negligible, @Nullable Tensor left) {
        if (negligible > 0 && taken % SETTLE_EVERY == 0) {
            for (Tensor moment : moments) {
                Tensor settled =
                        Native.scalar(
                                "settle",
                                negligible,
                                size -> torch.hardshrink(moment.nat(), size),
                                moment);
                Kernel.write(moment, settled, left);
            }
        }
    }

    void save(List<String> names, Map<String, Tensor> into) {
        if (count != null) {
            for (int i = 0; i < names.size(); i++) {
                into.put(names.get(i) + "/" + parameter.name(), moments.get(i));
            }
            into.put(STEP + "/" + parameter.name(), count);
        }
    }

    /** The keys under which {@link #save} puts the state. */
    List<String> keys(List<String> names) {
        List<String> keys = new ArrayList<>();
        names.forEach(n -> keys.add(n + "/" + parameter.name()));
        keys.add(STEP + "/" + parameter.name());
        return keys;
    }

    /** What keeps {@code state} from being loaded, in words; all of it or none must be there. */
    List<String> problems(List<String> names, Map<String, Tensor> state) {
        List<String> keys = keys(names);
        if (keys.stream().noneMatch(state::containsKey)) {
            return List.of();
        }
        List<String> problems = new ArrayList<>();
        for (String key : keys) {
            Tensor t = state.get(key);
            if (t == null) {
                problems.add("missing " + key);
            } else if (!(key.startsWith(STEP + "/") ? countFits(t) : momentFits(t))) {
                problems.add(key + " does not fit " + parameter + ": found " + t);
            }
        }
        return problems;
    }

    private boolean countFits(Tensor t) {
        return t.dtype() == DType.I64 && Leave.broadcasts(t.shape(), parameter.value().shape());
    }

    private boolean momentFits(Tensor t) {
        return t.dtype() == parameter.value().dtype()
                && Arrays.equals(t.shape(), parameter.value().shape());
    }

    /** Replaces the state by copies; {@link #problems} found none. */
    void load(List<String> names, Map<String, Tensor> state) {
        List<Tensor> copies =
                keys(names).stream()
                        .filter(state::containsKey)
                        .map(key -> Objects.requireNonNull(state.get(key)))
                        .map(t -> t.contiguous().copy().retain())
                        .toList();
        close();
        if (!copies.isEmpty()) {
            moments = copies.subList(0, names.size());
            Tensor counted = copies.get(names.size());
            taken = (long) counted.max().item();
            count = counted;
        }
    }

    @Override
    public void close() {
        moments.forEach(Tensor::close);
        moments = List.of();
        if (count != null) {
            count.close();
            count = null;
        }
        taken = 0;
    }
}
