/** Layers under position masks against a loop over data points. */
@NullMarked
package dev.sluice.engine.layer;

import org.jspecify.annotations.NullMarked;
