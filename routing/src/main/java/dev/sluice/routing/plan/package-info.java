/**
 * Plan files: route plans in YAML or JSON, the same language as the Java builder.
 *
 * <p>{@link dev.sluice.routing.plan.PlanFiles} reads and writes them. What may stand under {@code
 * by} is open: a {@link dev.sluice.routing.plan.RuleReader} found by {@code ServiceLoader} brings
 * rules of its own, and Sluice's own rules come through the same door.
 */
@NullMarked
package dev.sluice.routing.plan;

import org.jspecify.annotations.NullMarked;
