/**
 * Text to learn from. {@link dev.sluice.data.text.Corpora} opens a corpus by name or path ({@code
 * corpus}); {@code tokenizer} turns text into ids; {@code tokens} keeps ids on disk and makes
 * batches; {@code generated} makes up stories where there is no corpus.
 */
@NullMarked
package dev.sluice.data.text;

import org.jspecify.annotations.NullMarked;
