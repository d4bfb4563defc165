/**
 * Concrete networks with named hook points and named parameter axes. They know nothing of routing;
 * routes find them by those names.
 */
@NullMarked
package dev.sluice.models;

import org.jspecify.annotations.NullMarked;
