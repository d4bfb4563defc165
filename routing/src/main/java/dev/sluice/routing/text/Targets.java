package dev.sluice.routing.text;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** The targets of a batch, row by row. */
final class Targets {
    private Targets() {}

    /** One route for each target. */
    static Assignment assignment(Batch.Sequences batch, List<String> routes, int[] ids) {
        return Assignment.of(routes, ids, batch.size(), batch.length() - 1);
    }

    /** A route index for each target, by its token alone. */
    static int[] ids(Batch.Sequences batch, IntUnaryOperator byToken) {
        int length = batch.length() - 1;
        int[] ids = new int[Math.multiplyExact(batch.size(), length)];
        for (int row = 0; row < batch.size(); row++) {
            for (int j = 0; j < length; j++) {
                ids[row * length + j] = byToken.applyAsInt(batch.token(row, j + 1));
            }
        }
        return ids;
    }

    /** No route for any target. */
    static int[] none(Batch.Sequences batch) {
        int[] ids = new int[Math.multiplyExact(batch.size(), batch.length() - 1)];
        Arrays.fill(ids, -1);
        return ids;
    }
}
