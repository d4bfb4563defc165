package dev.sluice.studio;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sluice.data.DataException;
import dev.sluice.data.UnavailableException;
import dev.sluice.data.UnknownDataException;
import dev.sluice.engine.SafetensorsException;
import dev.sluice.engine.TensorException;
import dev.sluice.experiments.UsageException;
import dev.sluice.routing.RoutingException;
import dev.sluice.routing.plan.PlanException;
import dev.sluice.training.RunException;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.UncheckedIOException;

/** What each kind of failure means to a browser: the one place where statuses are chosen. */
final class Failures {
    private Failures() {}

    /** Answers a request that failed. */
    static void answer(Throwable e, Context ctx) {
        ctx.status(status(e));
        String accept = ctx.header("Accept");
        if (accept != null && accept.startsWith("text/html")) {
            ctx.contentType("text/plain; charset=utf-8");
            ctx.result("Sluice studio: " + message(e) + "\n");
        } else {
            Json.answer(ctx, new Message(message(e)));
        }
    }

    /** The body of a failure, but for pages, which get a line of text. */
    record Message(String error) {}

    private static int status(Throwable e) {
        if (e instanceof RequestException r) {
            return r.status();
        }
        if (e instanceof HttpResponseException h) {
            return h.getStatus();
        }
        if (e instanceof UsageException || e instanceof JsonProcessingException) {
            return 400;
        }
        if (e instanceof DataException
                || e instanceof UnknownDataException
                || e instanceof RunException
                || e instanceof SafetensorsException
                || e instanceof TensorException
                || e instanceof PlanException
                || e instanceof RoutingException) {
            return 422;
        }
        return e instanceof UnavailableException ? 503 : 500;
    }

    private static String message(Throwable e) {
        if (e instanceof JsonProcessingException json) {
            return "the body is not the JSON that was expected: " + json.getOriginalMessage();
        }
        boolean defect = status(e) == 500 && !(e instanceof UncheckedIOException);
        String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return defect ? "a defect of Sluice: " + said : said;
    }
}
