package dev.sluice.cli;

import dev.sluice.data.DataException;
import dev.sluice.data.UnavailableException;
import dev.sluice.data.UnknownDataException;
import dev.sluice.engine.SafetensorsException;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.pretrained.CheckpointException;
import dev.sluice.routing.IsolationException;
import dev.sluice.routing.RoutingException;
import dev.sluice.routing.plan.PlanException;
import dev.sluice.training.RunException;
import java.io.UncheckedIOException;

/** What each kind of failure means to the calling script. */
final class ExitCodes {
    static final int OK = 0;
    static final int DEFECT = 1;
    static final int USAGE = 2;
    static final int BAD_INPUT = 3;
    static final int SYSTEM = 4;
    static final int CHECK_FAILED = 5;
    static final int UNAVAILABLE = 7;

    private ExitCodes() {}

    /** The exit code for a failure; {@link #DEFECT} for what no user can cause. */
    static int of(Throwable e) {
        if (e instanceof UsageException || e instanceof UnknownDataException) {
            return USAGE;
        }
        if (e instanceof DataException
                || e instanceof RunException
                || e instanceof SafetensorsException
                || e instanceof CheckpointException
                || e instanceof PlanException
                || e instanceof RoutingException) {
            return BAD_INPUT;
        }
        if (e instanceof UncheckedIOException || outOfMemory(e)) {
            return SYSTEM;
        }
        if (e instanceof IsolationException) {
            return CHECK_FAILED;
        }
        return e instanceof UnavailableException ? UNAVAILABLE : DEFECT;
    }

    private static boolean outOfMemory(Throwable e) {
        return e instanceof OutOfMemoryError || e.getCause() instanceof OutOfMemoryError;
    }
}
