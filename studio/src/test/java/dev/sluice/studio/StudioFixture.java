package dev.sluice.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.training.DataIdentity;
import dev.sluice.training.MetricsLog;
import dev.sluice.training.RunFolder;
import dev.sluice.training.RunManifest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A studio over a temporary folder, and ways to talk to it. */
final class StudioFixture implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final Path runs;
    final StudioServer server;
    final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    StudioFixture(Path runs, String bind) {
        this.runs = runs;
        List<String> nothing = List.of("false");
        server = StudioServer.start(new StudioServer.Options(bind, 0, runs, nothing, Map.of()));
        address = URI.create(server.address());
    }

    int port() {
        return address.getPort();
    }

    /** Writes a run of which nothing but its manifest and some lines of its log is there. */
    static Path run(Path runs, String name, RunManifest.Status status, int lines) {
        return run(runs, name, "split-digits", "routed", status, lines);
    }

    /** The same of any experiment. */
    static Path run(
            Path runs,
            String name,
            String experiment,
            String variant,
            RunManifest.Status status,
            int lines) {
        Path path = runs.resolve(name);
        ObjectNode configuration = JSON.createObjectNode();
        configuration.put("experiment", experiment).put("preset", "smoke");
        configuration.putArray("variants").add(variant);
        configuration.putArray("seeds").add(0);
        configuration.putObject("sets");
        configuration.put("data", "generated").put("dataSeed", 1).put("dtype", "f32");
        configuration.put("threads", 1).put("checkpointEvery", 0);
        RunManifest manifest =
                RunManifest.start(
                        experiment,
                        Instant.parse("2026-01-02T03:04:05Z"),
                        List.of("sluice", "run"),
                        List.of(0L),
                        List.of(variant),
                        configuration,
                        List.of(new DataIdentity("generated", true, 12_000, 2_000, Map.of())),
                        Map.of());
        try (RunFolder folder = RunFolder.createAt(path);
                MetricsLog log = MetricsLog.open(folder.metrics(), 0)) {
            folder.write(manifest.with(status));
            for (int i = 0; i < lines; i++) {
                log.append(line(i));
            }
        }
        return path;
    }

    static MetricsLog.Line line(int step) {
        return new MetricsLog.Line(
                "routed", 0, step, step * 128L, step / 10.0, Map.of("loss", 1.0 / (step + 1)));
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        return send(
                request(path, headers)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    JsonNode json(String path) throws IOException {
        return JSON.readTree(get(path).body());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends a request byte for byte, as no well-behaved client would, and returns the answer. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The status of a raw GET of a path with a Host header. */
    int status(String path, String host) throws IOException {
        String answer = raw("GET " + path + " HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
        return Integer.parseInt(answer.substring(9, 12));
    }

    @Override
    public void close() {
        server.close();
    }
}
