/**
 * Documents to learn from and what is done with their text: reading plain text and JSON lines as a
 * stream, dividing into training and validation, telling documents about a concept from others.
 * Start at {@link dev.sluice.data.text.corpus.Corpus}.
 */
@NullMarked
package dev.sluice.data.text.corpus;

import org.jspecify.annotations.NullMarked;
