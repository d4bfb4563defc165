/** Tests of the decoder transformer. */
@NullMarked
package dev.sluice.models.transformer;

import org.jspecify.annotations.NullMarked;
