package dev.sluice.engine;

import java.util.Collection;
import java.util.List;

/**
 * Parameters that an {@link Optimizer} steps with the same settings. Use several groups where, say,
 * norms and biases shall not decay.
 *
 * @param parameters f32 or f64 parameters
 * @param rateScale multiplies the optimiser's learning rate
 * @param weightDecay λ of the {@link UpdateRule}
 */
public record ParameterGroup(List<Parameter> parameters, double rateScale, double weightDecay) {
    /**
     * Copies the list and checks the settings.
     *
     * @throws IllegalArgumentException if a setting is negative or not a number, or a parameter is
     *     of a type that optimisers do not step
     */
    public ParameterGroup {
        parameters = List.copyOf(parameters);
        Settings.notNegative("rateScale", rateScale);
        Settings.notNegative("weightDecay", weightDecay);
        for (Parameter p : parameters) {
            DType dtype = p.value().dtype();
            if (dtype != DType.F32 && dtype != DType.F64) {
                throw new IllegalArgumentException(
                        "optimisers step f32 and f64 parameters, found " + p);
            }
        }
    }

    /** A group at the optimiser's own learning rate, without decay. */
    public static ParameterGroup of(Collection<Parameter> parameters) {
        return new ParameterGroup(List.copyOf(parameters), 1, 0);
    }

    /** The same parameters with another weight decay. */
    public ParameterGroup withWeightDecay(double weightDecay) {
        return new ParameterGroup(parameters, rateScale, weightDecay);
    }
}
