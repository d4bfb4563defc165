package dev.sluice.routing;

/**
 * An optimiser action: on a step whose batch is all of one route, leave every byte of a region as
 * it is: weights, moments, step counts, decay.
 *
 * @param on the route name
 */
public record LeaveRule(Region region, String on) {}
