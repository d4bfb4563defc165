/**
 * The idea of Sluice: which data trains which part of a network.
 *
 * <p>A {@link dev.sluice.routing.Route} says: for these data points, at this place of the network,
 * let this much of the gradient through. Its {@link dev.sluice.routing.RoutingRule} names a route
 * for every data point of a batch, its {@link dev.sluice.routing.Mask}s say what each name lets
 * through, and its {@link dev.sluice.routing.Mechanism} says what is masked: the gradient of an
 * activation, a point's contribution to a parameter, or the activation itself. A {@link
 * dev.sluice.routing.RoutePlan} holds routes, what the optimiser must leave alone, and what is
 * claimed; it is checked against a model before the first step and put in force for one step by a
 * {@link dev.sluice.routing.Router}. Whether the claims hold is not believed but tried, by {@link
 * dev.sluice.routing.IsolationVerifier}.
 *
 * <p>Read in this order: {@code Mask}, {@code RoutingRule}, {@code Route}, {@code Router}. Nothing
 * here knows a concrete model: routes meet models in hook names and in named parameter axes.
 */
@NullMarked
package dev.sluice.routing;

import org.jspecify.annotations.NullMarked;
