package dev.sluice.engine;

import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.jspecify.annotations.Nullable;

/** Gradient descent with or without momentum. */
final class SgdKernel implements Kernel {
    private final Sgd rule;
    private final List<String> moments;

    SgdKernel(Sgd rule) {
        this.rule = rule;
        this.moments = rule.momentum() == 0 ? List.of() : List.of("buffer");
    }

    @Override
    public List<String> moments() {
        return moments;
    }

    @Override
    public void fused(FusedLists lists, IValue grads, boolean first, double rate, double decay) {
        Kernel.run(
                "aten::_fused_sgd_",
                lists.parameters(),
                grads,
                moments.isEmpty() ? Boxed.list(List.of()) : lists.moment(0),
                new IValue(decay),
                new IValue(rule.momentum()),
                new IValue(rate),
                new IValue(rule.dampening()),
                new IValue(rule.nesterov()),
                new IValue(false), // maximize
                new IValue(first),
                new IValue(), // gradient scale
                new IValue()); // found infinity
    }

    @Override
    public void elementwise(
            Slot slot, Tensor grad, @Nullable Tensor left, double rate, double decay) {
        slot.advance(left);
        Tensor w = slot.parameter().value();
        Tensor g = decay == 0 ? grad : grad.add(w.mul(decay));
        Tensor step = g;
        if (!moments.isEmpty()) {
            Tensor kept = slot.moment(0).mul(rule.momentum()).add(g.mul(1 - rule.dampening()));
            Tensor buffer = g.where(slot.count().eq(1), kept);
            step = rule.nesterov() ? g.add(buffer.mul(rule.momentum())) : buffer;
            Kernel.write(slot.moment(0), buffer, left);
        }
        Kernel.write(w, w.sub(step.mul(rate)), left);
    }

    @Override
    public double negligible(DType type) {
        return Kernel.tiny(type);
    }
}
