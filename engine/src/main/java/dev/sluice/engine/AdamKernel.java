package dev.sluice.engine;

import java.util.List;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Adam and AdamW. */
final class AdamKernel implements Kernel {
    private static final List<String> MOMENTS = List.of("m", "v");

    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final boolean decoupled;

    AdamKernel(double beta1, double beta2, double epsilon, boolean decoupled) {
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.decoupled = decoupled;
    }

    @Override
    public List<String> moments() {
        return MOMENTS;
    }

    @Override
    public void fused(FusedLists lists, IValue grads, boolean first, double rate, double decay) {
        Kernel.run(
                decoupled ? "aten::_fused_adamw_" : "aten::_fused_adam_",
                lists.parameters(),
                grads,
                lists.moment(0),
                lists.moment(1),
                Boxed.list(List.of()), // largest v so far: for amsgrad only
                lists.counts(),
                new IValue(rate),
                new IValue(beta1),
                new IValue(beta2),
                new IValue(decay),
                new IValue(epsilon),
                new IValue(false), // amsgrad
                new IValue(false), // maximize
                new IValue(), // gradient scale
                new IValue()); // found infinity
    }

    @Override
    public void elementwise(
            Slot slot, Tensor grad, @Nullable Tensor left, double rate, double decay) {
        slot.advance(left);
        Tensor w = slot.parameter().value();
        Tensor g = decoupled || decay == 0 ? grad : grad.add(w.mul(decay));
        Tensor start = decoupled && decay != 0 ? w.mul(1 - rate * decay) : w;
        Tensor m = slot.moment(0).mul(beta1).add(g.mul(1 - beta1));
        Tensor v = slot.moment(1).mul(beta2).add(g.square().mul(1 - beta2));
        Tensor t = slot.count().to(DType.F64);
        Tensor size = correction(beta1, t).pow(-1).mul(rate).to(w.dtype());
        Tensor scale = correction(beta2, t).sqrt().to(w.dtype());
        Tensor step = m.mul(size).div(v.sqrt().div(scale).add(epsilon));
        Kernel.write(w, start.sub(step), left);
        Kernel.write(slot.moment(0), m, left);
        Kernel.write(slot.moment(1), v, left);
    }

    /** {@inheritDoc} With an ε so small that √v matters beside it, all count. */
    @Override
    public double negligible(DType type) {
        double tiny = Kernel.tiny(type);
        double rounding = type == DType.F64 ? Math.ulp(0.5) : Math.ulp(0.5f);
        return Math.sqrt(tiny) < rounding * epsilon ? tiny : 0;
    }

    /** 1 − βᵗ in double: in single precision 1 − 0.999 is off by 5e-5 already. */
    private static Tensor correction(double beta, Tensor t) {
        return Native.scalar("pow", beta, b -> torch.pow(b, t.nat()), t).neg().add(1);
    }
}
