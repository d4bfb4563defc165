/**
 * Rules on text: which tokens take which route.
 *
 * <p>A token is routed where it is <em>predicted</em>: a batch has the tokens [batch, length], the
 * model runs on all columns but the last, and the data point (row, j), j = 0 … length − 2, speaks
 * of the target token in column j + 1 (library semantics of arXiv 2410.04332, companion code). The
 * first token of a row is therefore never a target, and padding is an ordinary token to a rule.
 */
@NullMarked
package dev.sluice.routing.text;

import org.jspecify.annotations.NullMarked;
