package dev.sluice.routing;

import dev.sluice.engine.Leave;
import dev.sluice.engine.Optimizer;

/**
 * How a training uses gradients once backward is over: clips them, if it does, and steps. Write it
 * as the training does it, such as {@code (o, leave) -> o.step(leave)}; what it forgets is found.
 */
@FunctionalInterface
public interface UpdateStep {
    /**
     * Moves the parameters.
     *
     * @param leave what the plan says must not be touched, see {@link Router#leave}
     */
    void apply(Optimizer optimizer, Leave leave);
}
