package dev.sluice.engine;

/**
 * How an {@link Optimizer} turns gradients into steps. In the formulas w is a weight, g its
 * gradient, η the learning rate, λ the weight decay and t the number of steps the weight has taken,
 * this one included.
 */
public sealed interface UpdateRule permits Adam, AdamW, Sgd {}
