package dev.sluice.engine;

import java.util.Locale;

/**
 * The library that computes matrix products in f32 and f64. A process has one, chosen when the
 * natives load: Intel's MKL where it is on the class path and the processor is Intel's, else
 * OpenBLAS; the environment's {@code SLUICE_BLAS} decides otherwise. Their results differ by
 * rounding.
 */
interface Blas {
    /** What {@code SLUICE_BLAS} may say. */
    enum Choice {
        AUTO,
        OPENBLAS,
        MKL;

        /**
         * The choice of {@code name}; {@link #AUTO} for an empty one.
         *
         * @throws IllegalArgumentException if there is no such choice, or it cannot be had here
         */
        static Choice of(String name) {
            for (Choice choice : values()) {
                if (choice.name().equalsIgnoreCase(name.isEmpty() ? "auto" : name)) {
                    if (choice == MKL && !Mkl.lack().isEmpty()) {
                        throw new IllegalArgumentException("SLUICE_BLAS=mkl: " + Mkl.lack());
                    }
                    return choice;
                }
            }
            throw new IllegalArgumentException(
                    "SLUICE_BLAS: expected auto, openblas or mkl, found "
                            + name.toLowerCase(Locale.ROOT));
        }

        boolean takesMkl() {
            return this == MKL || (this == AUTO && Mkl.lack().isEmpty());
        }
    }

    /** Name and version. */
    String version();

    /** How many threads a product uses, in the whole process. */
    int threads();

    /** Sets how many threads a product uses, in the whole process. */
    void threads(int count);
}
