package dev.sluice.models;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;

/**
 * A model that can be asked for by name, for instance to list its hook points. Implement it for a
 * model of your own, name the class in {@code META-INF/services/dev.sluice.models.NamedModel}, and
 * the command line finds it.
 */
public interface NamedModel {
    /** The name on the command line. */
    String name();

    /** One line: what it is, and its sizes. */
    String description();

    /** A fresh model of its usual sizes; the caller closes it. */
    Layer open(DType dtype, Rng rng);
}
