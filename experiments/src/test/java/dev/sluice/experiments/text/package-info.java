@NullMarked
package dev.sluice.experiments.text;

import org.jspecify.annotations.NullMarked;
