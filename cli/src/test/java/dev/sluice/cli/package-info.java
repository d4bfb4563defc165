/** Tests of the command line and its launcher. */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
