/**
 * Split digits (Cloud et al., section 4.1): an autoencoder whose code is split into a half for the
 * digits 0–4 and one for 5–9 by routing the reconstruction's gradient, and the certificates that
 * show what each half knows. Begin with {@link dev.sluice.experiments.splitdigits.SplitDigitsPlan}.
 */
@NullMarked
package dev.sluice.experiments.splitdigits;

import org.jspecify.annotations.NullMarked;
