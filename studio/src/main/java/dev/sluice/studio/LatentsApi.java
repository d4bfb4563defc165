package dev.sluice.studio;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.export.PageModel;
import dev.sluice.export.SiteInfo;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the latents page asks: sliders, codes of pictures, pictures of codes, digits to pick. */
final class LatentsApi {
    private final RunsFolder folder;
    private final ModelDesk desk;
    private final RunModels models;

    LatentsApi(RunsFolder folder, ModelDesk desk, RunModels models) {
        this.folder = folder;
        this.desk = desk;
        this.models = models;
    }

    /** A model as its page shows it. */
    record Shown(
            String experiment,
            List<String> variants,
            List<Long> seeds,
            String variant,
            long seed,
            SiteInfo info,
            int digits) {}

    /** Pixels in [0, 1]. */
    @SuppressWarnings("ArrayRecordComponent") // only ever read in
    record EncodeRequest(@JsonProperty("pixels") float @Nullable [] pixels) {}

    /** The answer to {@link EncodeRequest}. */
    @SuppressWarnings("ArrayRecordComponent") // only ever written out
    record Encoded(float[] code) {}

    /** A code; a unit that is off is 0 in it. */
    @SuppressWarnings("ArrayRecordComponent") // only ever read in
    record DecodeRequest(@JsonProperty("code") float @Nullable [] code) {}

    /** The answer to {@link DecodeRequest}: pixels one byte each, by decoder. */
    record Decoded(Map<String, byte[]> pictures) {}

    void register(Javalin app) {
        app.get("/api/runs/{run}/latents", this::show);
        app.get("/api/runs/{run}/digits", this::digits);
        app.post("/api/runs/{run}/encode", this::encode);
        app.post("/api/runs/{run}/decode", this::decode);
    }

    private void show(Context ctx) {
        Training t = Training.of(folder, ctx);
        OpenModel m = desk.ask(() -> models.model(t));
        Json.answer(
                ctx,
                new Shown(
                        t.request().experiment(),
                        t.variants(),
                        t.request().seeds(),
                        t.point().name(),
                        t.seed(),
                        m.page().info(),
                        m.digits().size()));
    }

    private void digits(Context ctx) {
        Training t = Training.of(folder, ctx);
        ctx.contentType("application/octet-stream");
        ctx.result(PageModel.digits(desk.ask(() -> models.model(t)).digits()));
    }

    private void encode(Context ctx) throws IOException {
        Training t = Training.of(folder, ctx);
        float[] pixels = given("pixels", Json.body(ctx, EncodeRequest.class).pixels());
        Json.answer(ctx, new Encoded(desk.ask(() -> models.model(t).encode(pixels))));
    }

    private void decode(Context ctx) throws IOException {
        Training t = Training.of(folder, ctx);
        DecodeRequest request = Json.body(ctx, DecodeRequest.class);
        float[] code = given("code", request.code());
        Json.answer(ctx, new Decoded(desk.ask(() -> models.model(t).decode(code))));
    }

    private static float[] given(String name, float @Nullable [] values) {
        if (values == null) {
            throw RequestException.bad(name + ": expected a list of numbers, found none");
        }
        return values;
    }
}
