package dev.sluice.experiments.routedvae;

import dev.sluice.data.ImageData;
import org.jspecify.annotations.Nullable;

/**
 * The classifier of a run's data, trained when a trial first asks for it and used by all of them.
 * Safe for use by several threads: who comes second waits.
 */
final class SharedClassifier {
    private record Trained(ImageData data, int steps, ImageClassifier classifier) {}

    private @Nullable Trained last;

    synchronized ImageClassifier of(ImageData data, int steps) {
        Trained known = last;
        if (known == null || !known.data.equals(data) || known.steps != steps) {
            known =
                    new Trained(
                            data,
                            steps,
                            ImageClassifier.train(data.train(), VaeImages.classes(data), steps));
            last = known;
        }
        return known.classifier;
    }
}
