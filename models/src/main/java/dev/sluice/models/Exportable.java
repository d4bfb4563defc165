package dev.sluice.models;

import java.util.List;

/**
 * A model with an encoder and a decoder that can be told to other tools. Implement it for a model
 * of your own, and it can be written as ONNX and shown on a page with a slider for each unit of its
 * code.
 */
public interface Exportable {
    /**
     * The parts: {@code encoder} (an image to a code, its first output), {@code decoder} (a code to
     * an image), {@code model} (an image to an image, without noise), then further decoders.
     */
    List<Graph> graphs();

    /** What the code is like. */
    Code code();

    /**
     * A code.
     *
     * @param meanings for each unit, what it stands for: a class such as {@code 7}, or the name of
     *     a part
     * @param classes whether the meanings are classes, so that the unit with the largest value says
     *     which one an image is read as
     * @param nonNegative whether a decoder is given max(x, 0) of what the encoder says
     * @param imageLow the value of a black pixel
     * @param imageHigh the value of a white one
     */
    record Code(
            List<String> meanings,
            boolean classes,
            boolean nonNegative,
            double imageLow,
            double imageHigh) {
        /** Copies the list. */
        public Code {
            meanings = List.copyOf(meanings);
        }
    }
}
