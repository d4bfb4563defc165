/**
 * The only place that touches libtorch: tensors and the scopes that own their memory, parameters
 * with named axes, hook points, gradient taps, optimisers and files of weights. No public signature
 * mentions a native type; see {@code docs/memory.md} before changing anything here.
 */
@NullMarked
package dev.sluice.engine;

import org.jspecify.annotations.NullMarked;
