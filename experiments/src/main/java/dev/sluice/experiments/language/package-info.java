/** Language models on the command line: where a model, a plan and token sequences meet. */
@NullMarked
package dev.sluice.experiments.language;

import org.jspecify.annotations.NullMarked;
