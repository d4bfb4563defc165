/** Tests of plan files. */
@NullMarked
package dev.sluice.routing.plan;

import org.jspecify.annotations.NullMarked;
