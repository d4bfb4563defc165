package dev.sluice.experiments.splitdigits;

import dev.sluice.data.ImageSet;
import dev.sluice.experiments.splitdigits.SplitDigitsSettings.Routing;

/** Which training images belong to the high group: by digit, or by a hash that ignores it. */
final class Groups {
    private Groups() {}

    /** For each image, whether it belongs to the high group. */
    static boolean[] high(ImageSet set, Routing routing) {
        boolean[] high = new boolean[set.size()];
        int pixels = set.height() * set.width();
        byte[] images = set.images();
        for (int i = 0; i < high.length; i++) {
            high[i] =
                    routing == Routing.HASH ? hash(images, i * pixels, pixels) : set.label(i) >= 5;
        }
        return high;
    }

    /** (round(100 · Σ|x|) mod 17) mod 2 is 1, x in [−1, 1]. */
    private static boolean hash(byte[] images, int from, int pixels) {
        double sum = 0;
        for (int p = from; p < from + pixels; p++) {
            sum += Math.abs(((images[p] & 0xFF) / 255.0 - 0.5) / 0.5);
        }
        return Math.round(100 * sum) % 17 % 2 == 1;
    }
}
