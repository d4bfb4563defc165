/** Tests of the studio that need no browser. */
@NullMarked
package dev.sluice.studio;

import org.jspecify.annotations.NullMarked;
