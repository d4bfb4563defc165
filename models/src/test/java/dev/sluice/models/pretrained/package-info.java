/** Tests of checkpoints. */
@NullMarked
package dev.sluice.models.pretrained;

import org.jspecify.annotations.NullMarked;
