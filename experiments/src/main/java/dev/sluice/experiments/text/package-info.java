/**
 * Text for rules and by rules: where tokenizers and corpora meet the rules that route tokens.
 *
 * <p>{@link dev.sluice.experiments.text.RulePreview} shows what a rule catches before anyone
 * trains; {@link dev.sluice.experiments.text.TokenSuggestions} proposes tokens from two corpora.
 */
@NullMarked
package dev.sluice.experiments.text;

import org.jspecify.annotations.NullMarked;
