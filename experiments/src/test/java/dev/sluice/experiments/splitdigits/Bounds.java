package dev.sluice.experiments.splitdigits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;

/**
 * How far a number may be from the reference, relative to the largest entry of its tensor.
 *
 * @param single of one forward and backward pass
 * @param steps after optimiser steps
 * @param stored of a tensor that the reference rounded to f32
 */
public record Bounds(double single, double steps, double stored) {
    private static final double F32_AFTER_STEPS = 1e-3;

    /** The bounds of an index for one type. */
    public static Bounds of(JsonNode tolerance, DType dtype) {
        double stored = tolerance.path("stored_as_f32").asDouble(1e-6);
        return dtype == DType.F64
                ? new Bounds(
                        tolerance.path("f64").asDouble(1e-9),
                        tolerance.path("f64_after_optimiser_steps").asDouble(1e-7),
                        stored)
                : new Bounds(
                        tolerance.path("computed_in_f32").asDouble(5e-5), F32_AFTER_STEPS, stored);
    }

    /** {@code bound}, or what rounding left of a tensor that is stored in f32. */
    public double of(Tensor expected, double bound) {
        return expected.dtype() == DType.F32 ? Math.max(bound, stored) : bound;
    }
}
