package dev.sluice.routing;

/**
 * An optimiser action: on a step whose batch is all of one route, leave every byte of a region as
 * it is: weights, moments, step counts, decay. A step on gradients of several batches leaves what
 * each of them would leave; see {@link dev.sluice.engine.Leave#common}.
 *
 * @param on the route name
 */
public record LeaveRule(Region region, String on) {}
