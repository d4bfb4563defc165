package dev.sluice.engine;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.jspecify.annotations.Nullable;

/** A {@link ParameterGroup} under optimisation: decides which path steps each parameter. */
final class GroupState implements AutoCloseable {
    private record Ready(Slot slot, Tensor grad) {}

    private final ParameterGroup group;
    private final Kernel kernel;
    private final List<Slot> slots;
    private @Nullable FusedLists lists;

    GroupState(ParameterGroup group, Kernel kernel) {
        this.group = group;
        this.kernel = kernel;
        this.slots = group.parameters().stream().map(Slot::new).toList();
    }

    List<Slot> slots() {
        return slots;
    }

    void step(double learningRate, Leave leave) {
        double rate = learningRate * group.rateScale();
        List<Ready> first = new ArrayList<>();
        List<Ready> later = new ArrayList<>();
        for (Slot slot : slots) {
            Tensor grad = slot.parameter().grad();
            if (grad == null || leave.whole(slot.parameter())) {
                continue;
            }
            Tensor left = leave.mask(slot.parameter());
            slot.start(kernel.moments());
            if (left == null && slot.fusable()) {
                (slot.fresh() ? first : later).add(new Ready(slot, grad.contiguous()));
            } else {
                kernel.elementwise(slot, grad, left, rate, group.weightDecay());
                settle(slot, left);
            }
        }
        fused(first, true, rate);
        fused(later, false, rate);
    }

    private void fused(List<Ready> ready, boolean first, double rate) {
        if (ready.isEmpty()) {
            return;
        }
        FusedLists l = lists(ready.stream().map(Ready::slot).toList());
        IValue grads = Boxed.list(ready.stream().map(Ready::grad).toList());
        Boxed.call("aten::_foreach_add_", "Scalar", l.counts(), new IValue(new Scalar(1L)));
        ready.forEach(r -> r.slot().advanced());
        kernel.fused(l, grads, first, rate, group.weightDecay());
        ready.forEach(r -> settle(r.slot(), null));
    }

    private void settle(Slot slot, @Nullable Tensor left) {
        slot.settle(kernel.negligible(slot.parameter().value().dtype()), left);
    }

    private FusedLists lists(List<Slot> wanted) {
        if (lists == null || !lists.holds(wanted)) {
            forgetLists();
            lists = new FusedLists(wanted, kernel.moments().size());
        }
        return lists;
    }

    /** To be called when the tensors of a slot were replaced. */
    void forgetLists() {
        if (lists != null) {
            lists.close();
            lists = null;
        }
    }

    @Override
    public void close() {
        forgetLists();
        slots.forEach(Slot::close);
    }
}
