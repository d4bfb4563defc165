package dev.sluice.routing;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Names;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Forward and backward under a plan, with its masks in full force. */
final class GradientPass<B> {
    /** Masks that are eased in are tried as they stand in the end. */
    static final long FULL_FORCE = Long.MAX_VALUE;

    private final Layer model;
    private final RoutePlan<B> plan;
    private final LossTerms<B> terms;

    GradientPass(Layer model, RoutePlan<B> plan, LossTerms<B> terms) {
        this.model = model;
        this.plan = plan;
        this.terms = terms;
    }

    /**
     * What a pass found.
     *
     * @param gradients zero where none arrived, and with +0 for −0
     * @param values every term, also those that were not differentiated
     */
    record Gradients(Map<Parameter, Tensor> gradients, Map<String, Double> values) {
        Tensor of(Parameter p) {
            Tensor g = gradients.get(p);
            if (g == null) {
                throw new IllegalArgumentException("no gradient was asked for of " + p.name());
            }
            return g;
        }
    }

    /**
     * The gradient of the sum of some terms, in the caller's scope.
     *
     * @param through the terms; empty: all
     * @throws RoutingException if a term is unknown
     */
    Gradients run(B batch, Set<String> through, Collection<Parameter> wanted) {
        try (TensorScope scope = TensorScope.open();
                Router router = Router.open(model, plan, batch, FULL_FORCE)) {
            try {
                Map<String, Double> values = backward(batch, through);
                Map<Parameter, Tensor> gradients = new LinkedHashMap<>();
                wanted.forEach(p -> gradients.put(p, scope.keep(gradient(p))));
                return new Gradients(gradients, values);
            } catch (RuntimeException e) {
                router.abandon();
                throw e;
            } finally {
                model.clearGradients();
            }
        }
    }

    /** Leaves the gradients in the parameters. */
    Map<String, Double> backward(B batch, Set<String> through) {
        Map<String, Tensor> all = terms.of(batch);
        for (String name : through) {
            if (!all.containsKey(name)) {
                throw new RoutingException(Names.unknown("loss term", name, all.keySet()));
            }
        }
        Map<String, Double> values = new LinkedHashMap<>();
        Tensor sum = null;
        for (Map.Entry<String, Tensor> term : all.entrySet()) {
            values.put(term.getKey(), term.getValue().item());
            boolean chosen = through.isEmpty() || through.contains(term.getKey());
            if (chosen && term.getValue().requiresGrad()) {
                sum = sum == null ? term.getValue() : sum.add(term.getValue());
            }
        }
        if (sum != null) {
            sum.backward();
        }
        return values;
    }

    /** A copy, zero where none arrived, and with +0 for −0. */
    static Tensor gradient(Parameter p) {
        @Nullable Tensor g = p.grad();
        return g == null ? Tensor.zeros(p.value().dtype(), p.value().shape()) : g.add(0.0);
    }
}
