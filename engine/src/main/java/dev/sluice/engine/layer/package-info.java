/**
 * Layers whose parameter gradients can be weighted at every data point: linear maps, embedding,
 * norms, convolution. Without masks each is the plain operation; with masks the values and the
 * gradients of the inputs stay the same, and each point's contribution to the parameters is
 * weighted before it is summed.
 */
@NullMarked
package dev.sluice.engine.layer;

import org.jspecify.annotations.NullMarked;
