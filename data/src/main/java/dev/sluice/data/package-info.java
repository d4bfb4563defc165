/**
 * Digits to learn from: MNIST, Fashion-MNIST and any folder of IDX files, checked to the last byte;
 * digits that Sluice draws itself when there is neither data nor network; downloads with checksum
 * and resume; and the order in which a training run sees its examples, resumable at any step. Start
 * at {@link dev.sluice.data.Datasets}.
 */
@NullMarked
package dev.sluice.data;

import org.jspecify.annotations.NullMarked;
