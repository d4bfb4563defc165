/**
 * Language models: trained as the experiment {@link dev.sluice.experiments.language.LanguageModel},
 * and looked into, where a model, a plan and token sequences meet.
 */
@NullMarked
package dev.sluice.experiments.language;

import org.jspecify.annotations.NullMarked;
