/** Tests. */
@NullMarked
package dev.sluice.routing;

import org.jspecify.annotations.NullMarked;
