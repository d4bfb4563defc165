/**
 * Text to token ids and back: any {@code tokenizer.json} of Hugging Face's byte-level, BPE,
 * WordPiece and Unigram families, the most frequent tokens of another tokenizer for small models,
 * and whole words for generated languages. Start at {@link
 * dev.sluice.data.text.tokenizer.Tokenizer}.
 */
@NullMarked
package dev.sluice.data.text.tokenizer;

import org.jspecify.annotations.NullMarked;
