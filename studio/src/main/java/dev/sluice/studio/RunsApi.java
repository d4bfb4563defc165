package dev.sluice.studio;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What pages ask of runs: the list, results, reports, starting and stopping. */
final class RunsApi {
    /** A report has its style and its pictures inside; it has no script. */
    private static final String REPORT_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin";

    private final RunsFolder folder;
    private final RunList list;
    private final RunProcesses processes;
    private final Map<String, String> environment;

    RunsApi(
            RunsFolder folder,
            RunList list,
            RunProcesses processes,
            Map<String, String> environment) {
        this.folder = folder;
        this.list = list;
        this.processes = processes;
        this.environment = environment;
    }

    /** The answer to a start. */
    record Started(@JsonProperty("run") String run) {}

    void register(Javalin app) {
        app.get("/api/runs", ctx -> Json.answer(ctx, list.entries()));
        app.get("/api/experiments", ctx -> Json.answer(ctx, ExperimentForm.all(environment)));
        app.get("/api/runs/{run}/summary", ctx -> json(ctx, "summary.json"));
        app.get("/api/runs/{run}/manifest", ctx -> json(ctx, "manifest.json"));
        app.get("/runs/{run}/report.html", this::report);
        app.post("/api/runs", this::start);
        app.post("/api/runs/{run}/stop", this::stop);
        app.post("/api/runs/{run}/resume", this::resume);
    }

    private void json(Context ctx, String file) {
        ctx.contentType("application/json; charset=utf-8");
        ctx.result(read(folder.file(ctx.pathParam("run"), file)));
    }

    private void report(Context ctx) {
        byte[] page = read(folder.file(ctx.pathParam("run"), "report.html"));
        ctx.header("Content-Security-Policy", REPORT_POLICY);
        ctx.contentType("text/html; charset=utf-8");
        ctx.result(page);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file.getFileName(), e);
        }
    }

    private void start(Context ctx) throws IOException {
        StartRequest request = Json.body(ctx, StartRequest.class);
        ctx.status(201);
        Json.answer(ctx, new Started(processes.start(request.arguments(environment))));
    }

    private void stop(Context ctx) throws IOException {
        Json.body(ctx, Map.class);
        processes.stop(ctx.pathParam("run"));
        Json.answer(ctx, Map.of());
    }

    private void resume(Context ctx) throws IOException {
        Json.body(ctx, Map.class);
        processes.resume(ctx.pathParam("run"));
        Json.answer(ctx, Map.of());
    }
}
