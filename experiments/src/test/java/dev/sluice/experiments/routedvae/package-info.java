@NullMarked
package dev.sluice.experiments.routedvae;

import org.jspecify.annotations.NullMarked;
