package dev.sluice.engine;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.openblas.global.openblas_full;

/** OpenBLAS, which comes with the natives of every platform. */
final class OpenBlas implements Blas {
    @Override
    public String version() {
        try (BytePointer config = openblas_full.openblas_get_config()) {
            String[] words = config.getString().split(" ", 3);
            return words[0] + " " + words[1];
        }
    }

    @Override
    public int threads() {
        return openblas_full.openblas_get_num_threads();
    }

    @Override
    public void threads(int count) {
        openblas_full.openblas_set_num_threads(count);
    }
}
