/**
 * The decoder transformer: one configurable model for GPT-2, GPT-Neo, Llama, Qwen2 and their
 * relatives, with the hook points of TransformerLens under their names. Read {@code
 * TransformerConfig}, then {@code Transformer}.
 */
@NullMarked
package dev.sluice.models.transformer;

import org.jspecify.annotations.NullMarked;
