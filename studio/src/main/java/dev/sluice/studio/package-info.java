/**
 * The local web application: run folders with their live curves, trained codes to play with, and
 * what plans do, in a browser. Start with {@link dev.sluice.studio.StudioServer}.
 */
@NullMarked
package dev.sluice.studio;

import org.jspecify.annotations.NullMarked;
