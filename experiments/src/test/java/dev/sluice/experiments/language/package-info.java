@NullMarked
package dev.sluice.experiments.language;

import org.jspecify.annotations.NullMarked;
