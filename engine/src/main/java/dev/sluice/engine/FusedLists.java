package dev.sluice.engine;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.IValue;

/**
 * Parameters, moments and counts as the lists that fused kernels take. They hold the tensors
 * themselves, so they are made once and serve every step of the same parameters.
 */
final class FusedLists implements AutoCloseable {
    private final List<Slot> slots;
    private final IValue parameters;
    private final List<IValue> moments = new ArrayList<>();
    private final IValue counts;

    FusedLists(List<Slot> slots, int momentCount) {
        this.slots = List.copyOf(slots);
        parameters = retained(slots.stream().map(s -> s.parameter().value()).toList());
        for (int i = 0; i < momentCount; i++) {
            int moment = i;
            moments.add(retained(slots.stream().map(s -> s.moment(moment)).toList()));
        }
        counts = retained(slots.stream().map(Slot::count).toList());
    }

    private static IValue retained(List<Tensor> tensors) {
        IValue list = Boxed.list(tensors);
        list.retainReference();
        return list;
    }

    /** Whether these are the lists of exactly {@code slots}. */
    boolean holds(List<Slot> slots) {
        return this.slots.equals(slots);
    }

    IValue parameters() {
        return parameters;
    }

    IValue moment(int i) {
        return moments.get(i);
    }

    IValue counts() {
        return counts;
    }

    @Override
    public void close() {
        parameters.close();
        moments.forEach(IValue::close);
        counts.close();
    }
}
