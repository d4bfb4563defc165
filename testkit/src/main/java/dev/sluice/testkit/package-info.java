/**
 * What tests of Sluice, and of what is built on it, measure against: {@link
 * dev.sluice.testkit.RoutingOracle}, which says what routing means in the slowest and plainest way,
 * and two tiny networks with a task each.
 */
@NullMarked
package dev.sluice.testkit;

import org.jspecify.annotations.NullMarked;
