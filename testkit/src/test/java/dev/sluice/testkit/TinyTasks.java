package dev.sluice.testkit;

import dev.sluice.engine.DType;
import dev.sluice.engine.Rng;

/** Random tasks of the kinds that property tests run over. */
enum TinyTasks {
    MLP_EXAMPLES,
    MLP_TOKENS,
    TOKENS;

    TinyTask draw(DType dtype, Rng rng) {
        long n = 1L + rng.nextInt(5);
        return switch (this) {
            case MLP_EXAMPLES -> MlpTask.random(mlp(rng), dtype, rng, n);
            case MLP_TOKENS -> MlpTask.random(mlp(rng), dtype, rng, n, 1L + rng.nextInt(4));
            case TOKENS -> TokensTask.random(tokens(rng), dtype, rng, n, 1L + rng.nextInt(4));
        };
    }

    private static TinyMlp.Sizes mlp(Rng rng) {
        return new TinyMlp.Sizes(
                1L + rng.nextInt(5), 1L + rng.nextInt(6), 1L + rng.nextInt(6), 1L + rng.nextInt(4));
    }

    private static TinyTokens.Sizes tokens(Rng rng) {
        return new TinyTokens.Sizes(2L + rng.nextInt(7), 2L + rng.nextInt(5), 1L + rng.nextInt(6));
    }
}
