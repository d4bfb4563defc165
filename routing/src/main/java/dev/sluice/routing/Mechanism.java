package dev.sluice.routing;

/** What a route masks; the names are those of plan files. */
public enum Mechanism {
    /**
     * The gradient of an activation: y = x, ∂L/∂x = M ⊙ ∂L/∂y (Cloud et al., section 3). Everything
     * earlier in the network sees the masked gradient; parameters that read the activation do not.
     */
    ACTIVATION,
    /**
     * A data point's contribution to a parameter's gradient: values and the gradients of
     * activations stay as they are (selective gradient masking).
     */
    PARAMETER,
    /** The activation itself: y = M ⊙ x, so value and gradient are both masked. */
    FORWARD
}
