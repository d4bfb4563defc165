package dev.sluice.routing;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Leave;
import dev.sluice.engine.Optimizer;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Takes optimiser steps and takes them back. */
final class UpdateRun<B> {
    private static final String COUNT = "step/";

    private final Layer model;
    private final RoutePlan<B> plan;
    private final GradientPass<B> pass;
    private final Optimizer optimizer;
    private final UpdateStep step;
    private final Map<String, Tensor> weights;
    private final Map<String, Tensor> state;

    /** Remembers weights and optimiser state as they are now, in the caller's scope. */
    UpdateRun(
            Layer model,
            RoutePlan<B> plan,
            GradientPass<B> pass,
            Optimizer optimizer,
            UpdateStep step) {
        this.model = model;
        this.plan = plan;
        this.pass = pass;
        this.optimizer = optimizer;
        this.step = step;
        weights = copies(model.state());
        state = copies(optimizer.state());
    }

    /**
     * What a step found and left behind.
     *
     * @param raw gradients before the step, which may clip them
     * @param used gradients after it
     */
    record Snapshot(
            Map<String, Tensor> weights,
            Map<String, Tensor> state,
            Map<String, Tensor> raw,
            Map<String, Tensor> used) {
        Tensor weight(Parameter p) {
            return Objects.requireNonNull(weights.get(p.name()));
        }

        Tensor raw(Parameter p) {
            return Objects.requireNonNull(raw.get(p.name()));
        }

        /** Whether all gradients are finite: else the step is void, or was not one. */
        boolean finite() {
            return used.values().stream()
                    .allMatch(g -> g.isFinite().logicalNot().sum().item() == 0);
        }

        Tensor used(Parameter p) {
            return Objects.requireNonNull(used.get(p.name()));
        }

        /** A moment of a parameter; zeros before its first step. */
        Tensor moment(String key, Parameter p) {
            Tensor t = state.get(key);
            Tensor zeros = Tensor.zeros(p.value().dtype(), p.value().shape());
            return t == null ? zeros : t;
        }

        /** The count of steps of every element. */
        Tensor steps(Parameter p) {
            Tensor t = state.get(COUNT + p.name());
            Tensor zeros = Tensor.zeros(DType.F64, p.value().shape());
            return t == null ? zeros : zeros.add(t.to(DType.F64));
        }

        /** The keys of the moments of a parameter. */
        List<String> moments(Parameter p) {
            return state.keySet().stream()
                    .filter(k -> k.endsWith("/" + p.name()) && !k.startsWith(COUNT))
                    .toList();
        }
    }

    /** Before any step. */
    Snapshot start() {
        return new Snapshot(weights, state, Map.of(), Map.of());
    }

    /** A step on the gradients of all batches; model and optimiser are then as they were. */
    Snapshot run(List<B> batches) {
        return run(batches, state);
    }

    /** The same from moments of zero. */
    Snapshot runWithoutMomentum(List<B> batches) {
        Map<String, Tensor> still = copies(state);
        still.forEach(
                (key, t) -> {
                    if (!key.startsWith(COUNT)) {
                        t.zeroInPlace();
                    }
                });
        return run(batches, still);
    }

    private Snapshot run(List<B> batches, Map<String, Tensor> from) {
        optimizer.load(from);
        try {
            Leave leave = Leave.common(batches.stream().map(this::accumulate).toList());
            Map<String, Tensor> raw = gradients();
            step.apply(optimizer, leave);
            return new Snapshot(copies(model.state()), copies(optimizer.state()), raw, gradients());
        } finally {
            model.clearGradients();
            model.load(weights);
            optimizer.load(state);
        }
    }

    /** Adds the gradients of a batch; what it leaves. */
    private Leave accumulate(B batch) {
        try (TensorScope scope = TensorScope.open();
                Router router = Router.open(model, plan, batch, GradientPass.FULL_FORCE)) {
            try {
                pass.backward(batch, Set.of());
                return router.leave();
            } catch (RuntimeException e) {
                router.abandon();
                throw e;
            }
        }
    }

    private Map<String, Tensor> gradients() {
        Map<String, Tensor> out = new LinkedHashMap<>();
        model.parameters().values().forEach(p -> out.put(p.name(), GradientPass.gradient(p)));
        return out;
    }

    private static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        try (TensorScope scope = TensorScope.open()) {
            tensors.forEach((k, t) -> out.put(k, scope.keep(t.detach().copy())));
        }
        return out;
    }
}
