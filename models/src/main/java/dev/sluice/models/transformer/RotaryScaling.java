package dev.sluice.models.transformer;

import static dev.sluice.models.transformer.TransformerConfig.require;

/**
 * How the frequencies of rotary positions are lowered in a model for longer texts than it first
 * learned from, as Hugging Face's {@code rope_scaling} names it.
 */
public sealed interface RotaryScaling {
    /** No change. */
    RotaryScaling NONE = new Linear(1);

    /** The frequency to use, in radians a token, in place of {@code frequency}. */
    double apply(double frequency);

    /**
     * {@code linear}: every frequency is divided.
     *
     * @param factor by which, 1 or more
     */
    record Linear(double factor) implements RotaryScaling {
        /** Refuses a factor below 1. */
        public Linear {
            require(factor >= 1, "factor", "a number from 1 on", factor);
        }

        @Override
        public double apply(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * {@code llama3}: slow frequencies f are divided by {@code factor}, fast ones stay, and those
     * between pass from one to the other with the number of their waves in the old context, n = f ·
     * context / 2π: f · ((1 − s) / factor + s), s = (n − low) / (high − low) within [0, 1].
     *
     * @param factor 1 or more
     * @param low waves up to which a frequency is slow
     * @param high waves from which it is fast, above {@code low}
     * @param context tokens of the texts that the model first learned from
     */
    record ByBand(double factor, double low, double high, int context) implements RotaryScaling {
        /** Refuses what gives no order of the bands. */
        public ByBand {
            require(factor >= 1, "factor", "a number from 1 on", factor);
            require(low > 0, "low_freq_factor", "a number above 0", low);
            require(high > low, "high_freq_factor", "a number above " + low, high);
            require(context >= 1, "original_max_position_embeddings", "at least 1", context);
        }

        @Override
        public double apply(double frequency) {
            double waves = frequency * context / (2 * Math.PI);
            double fast = Math.min(1, Math.max(0, (waves - low) / (high - low)));
            return frequency * ((1 - fast) / factor + fast);
        }
    }
}
