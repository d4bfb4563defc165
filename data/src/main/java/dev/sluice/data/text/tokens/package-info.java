/**
 * Tokenized corpora and the batches made of them: in memory, or as files on disk that are mapped
 * and may be larger than memory; streams of packed or padded batches that can stop and go on at any
 * place. Start at {@link dev.sluice.data.text.tokens.TokenStream}.
 */
@NullMarked
package dev.sluice.data.text.tokens;

import org.jspecify.annotations.NullMarked;
