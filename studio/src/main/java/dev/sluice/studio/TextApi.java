package dev.sluice.studio;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What the page for rules on text asks: what a rule catches, and which tokens tell two texts apart.
 * A page that asks again before it has its answer gets none (204) to what it asked first.
 */
final class TextApi {
    private final ModelDesk desk;
    private final TextTrials trials;

    TextApi(ModelDesk desk, TextTrials trials) {
        this.desk = desk;
        this.trials = trials;
    }

    void register(Javalin app) {
        app.get("/api/text", ctx -> Json.answer(ctx, start()));
        app.post("/api/text/preview", this::preview);
        app.post("/api/text/suggest", this::suggest);
    }

    private TextAnswers.Start start() {
        return desk.ask(
                () -> {
                    trials.open();
                    return trials.start();
                });
    }

    private void preview(Context ctx) throws IOException {
        TextRequests.Preview request =
                Json.body(ctx, TextRequests.Preview.class, TextRequests.LONGEST_BODY);
        String rule = request.checkedRule();
        answer(
                ctx,
                "preview " + request.asking(),
                () -> trials.preview(rule, request.documents(), request.compared()));
    }

    private void suggest(Context ctx) throws IOException {
        TextRequests.Suggest request =
                Json.body(ctx, TextRequests.Suggest.class, TextRequests.LONGEST_BODY);
        answer(ctx, "suggest " + request.asking(), () -> trials.suggest(request.compared()));
    }

    private void answer(Context ctx, String question, Callable<?> work) {
        if (!trials.ready()) {
            desk.ask(
                    () -> {
                        trials.open();
                        return true;
                    });
        }
        Optional<byte[]> answer = desk.newest(question, () -> Json.bytes(work.call()));
        ctx.contentType("application/json; charset=utf-8");
        answer.ifPresentOrElse(ctx::result, () -> ctx.status(204));
    }
}
