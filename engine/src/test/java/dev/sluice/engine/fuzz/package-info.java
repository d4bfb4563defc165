/** Generated calls over the whole public surface of the engine, in a process of their own. */
@NullMarked
package dev.sluice.engine.fuzz;

import org.jspecify.annotations.NullMarked;
