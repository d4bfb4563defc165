package dev.sluice.routing.text;

import dev.sluice.routing.Assignment;
import dev.sluice.routing.Batch;
import java.util.List;

/** A batch of token sequences of one length, each with its last target. */
public interface TokenBatch extends Batch {
    /** The number of columns, the last target among them; at least 1. */
    int length();

    /** The token in a column of a row; padding has a token, too. */
    int token(int row, int column);

    /** The shape of the data points: [batch, length − 1]. */
    default long[] targets() {
        return new long[] {size(), length() - 1};
    }

    /** One route for each target. */
    default Assignment assignment(List<String> routes, int[] ids) {
        return Assignment.of(routes, ids, targets());
    }
}
