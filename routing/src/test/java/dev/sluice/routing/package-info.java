/** Tests of routing. */
@NullMarked
package dev.sluice.routing;

import org.jspecify.annotations.NullMarked;
