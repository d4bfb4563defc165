package dev.sluice.models.pretrained;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The tensors of a checkpoint, as they are listed. */
final class TensorList {
    private final boolean transposed;
    private final List<StoredTensor> all = new ArrayList<>();

    /**
     * An empty list.
     *
     * @param transposed whether maps are stored [in, out]
     */
    TensorList(boolean transposed) {
        this.transposed = transposed;
    }

    List<StoredTensor> all() {
        return Collections.unmodifiableList(all);
    }

    /** A table of vectors, or an output: [rows, d]. */
    TensorList table(String name, long rows, long d, String parameter) {
        all.add(StoredTensor.of(name, List.of(rows, d), parameter));
        return this;
    }

    /** A gain. */
    TensorList gain(String name, String norm, long d) {
        all.add(StoredTensor.of(name + ".weight", List.of(d), norm + ".weight"));
        return this;
    }

    /** A gain and an offset. */
    TensorList norm(String name, String norm, long d) {
        gain(name, norm, d);
        all.add(StoredTensor.of(name + ".bias", List.of(d), norm + ".bias"));
        return this;
    }

    /** The maps {@code parts} one after the other in one matrix, and their biases. */
    TensorList map(String name, long out, long in, boolean bias, String... parts) {
        StoredTensor weight =
                StoredTensor.of(name + ".weight", List.of(out, in), with(".weight", parts));
        all.add(transposed ? weight.turned() : weight);
        if (bias) {
            all.add(StoredTensor.of(name + ".bias", List.of(out), with(".bias", parts)));
        }
        return this;
    }

    private static String[] with(String end, String... parts) {
        return Arrays.stream(parts).map(p -> p + end).toArray(String[]::new);
    }
}
