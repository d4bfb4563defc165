@NullMarked
package dev.sluice.experiments.splitdigits;

import org.jspecify.annotations.NullMarked;
