/**
 * Checkpoints in the layout of Hugging Face: {@code config.json}, {@code model.safetensors} or
 * shards with an index, {@code tokenizer.json}. What is read may come from anywhere: everything is
 * checked before memory is taken for it.
 */
@NullMarked
package dev.sluice.models.pretrained;

import org.jspecify.annotations.NullMarked;
