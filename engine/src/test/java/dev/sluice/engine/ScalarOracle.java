package dev.sluice.engine;

/** One weight and its optimiser, in plain double arithmetic: what each rule means. */
final class ScalarOracle {
    private final UpdateRule rule;
    private final double decay;
    double weight;
    double first;
    double second;
    long steps;

    ScalarOracle(UpdateRule rule, double decay, double weight) {
        this.rule = rule;
        this.decay = decay;
        this.weight = weight;
    }

    void step(double gradient, double rate) {
        steps++;
        if (rule instanceof Adam a) {
            adam(gradient + decay * weight, rate, a.beta1(), a.beta2(), a.epsilon());
        } else if (rule instanceof AdamW a) {
            weight *= 1 - rate * decay;
            adam(gradient, rate, a.beta1(), a.beta2(), a.epsilon());
        } else if (rule instanceof Sgd s) {
            sgd(gradient + decay * weight, rate, s);
        }
    }

    private void adam(double g, double rate, double beta1, double beta2, double eps) {
        first = beta1 * first + (1 - beta1) * g;
        second = beta2 * second + (1 - beta2) * g * g;
        double mean = first / (1 - Math.pow(beta1, (double) steps));
        double square = second / (1 - Math.pow(beta2, (double) steps));
        weight -= rate * mean / (Math.sqrt(square) + eps);
    }

    private void sgd(double g, double rate, Sgd s) {
        double step = g;
        if (s.momentum() != 0) {
            first = steps == 1 ? g : s.momentum() * first + (1 - s.dampening()) * g;
            step = s.nesterov() ? g + s.momentum() * first : first;
        }
        weight -= rate * step;
    }
}
