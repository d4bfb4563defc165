/**
 * Experiments: what can be run by name, with which settings and variants, and how one run of
 * several trials is carried out, interrupted, resumed and summed up. Each experiment has a package
 * of its own; {@link dev.sluice.experiments.Catalogue} finds them, also in other jars.
 */
@NullMarked
package dev.sluice.experiments;

import org.jspecify.annotations.NullMarked;
