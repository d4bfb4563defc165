package dev.sluice.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.training.RunManifest.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the studio refuses. */
final class StudioSecurityTest {
    @TempDir Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // set before each test
    private StudioFixture studio;

    @BeforeEach
    void serveOneRunBesideASecret() throws IOException {
        Path runs = Files.createDirectory(folder.resolve("runs"));
        StudioFixture.run(runs, "first", Status.COMPLETE, 3);
        Path secret = StudioFixture.run(folder, "secret", Status.COMPLETE, 0);
        Files.writeString(secret.resolve("report.html"), "the secret");
        Files.createSymbolicLink(runs.resolve("linked"), secret);
        Files.createSymbolicLink(runs.resolve("first/report.html"), secret.resolve("report.html"));
        studio = new StudioFixture(runs, "127.0.0.1");
    }

    @AfterEach
    void stop() {
        studio.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/runs/../secret/report.html",
                "/runs/../../secret/report.html",
                "/runs/%2e%2e%2fsecret/report.html",
                "/runs/..%2fsecret/report.html",
                "/runs/..%5csecret/report.html",
                "/runs/%252e%252e%252fsecret/report.html",
                "/runs/..;/secret/report.html",
                "/runs/first%2f..%2f..%2fsecret/report.html",
                "/runs/%2e%2e/report.html",
                "/runs/.%00/report.html",
                "/api/runs/..%2fsecret/manifest",
                "/api/runs/..%2fsecret/summary",
                "/assets/..%2f..%2fStudioServer.class",
                "/assets/../StudioServer.class",
                "/runs/linked/report.html",
                "/api/runs/linked/manifest",
                "/runs/first/report.html"
            })
    void noPathLeadsOutOfTheRunsFolder(String path) throws IOException {
        String answer =
                studio.raw("GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        int status = Integer.parseInt(answer.substring(9, 12));
        assertTrue(status == 404 || status == 400, answer);
        assertFalse(answer.contains("the secret") || answer.contains("sluice.manifest"), answer);
    }

    @Test
    void aRunThatIsASymbolicLinkIsNotListed() {
        String list = studio.get("/api/runs").body();
        assertTrue(list.contains("first"), list);
        assertFalse(list.contains("linked"), list);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:7070",
                "localhost.evil.example",
                "10.0.0.1",
                ""
            })
    void aForeignHostIsRefused(String host) throws IOException {
        int status = studio.status("/api/runs", host);
        assertTrue(status == 403 || status == 400, "status " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:7070", "127.0.0.1:9", "[::1]:7070"})
    void ourOwnNamesAreTaken(String host) throws IOException {
        assertEquals(200, studio.status("/api/runs", host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "null", "http://localhost:1", "file://"})
    void aForeignOriginIsRefused(String origin) {
        HttpResponse<String> answer = studio.post("/api/runs/first/stop", "{}", "Origin", origin);
        assertEquals(403, answer.statusCode(), answer.body());
        assertEquals(403, studio.get("/api/events", "Origin", origin).statusCode());
    }

    @Test
    void ourOwnOriginIsTaken() {
        String origin = "http://127.0.0.1:" + studio.port();
        HttpResponse<String> answer = studio.post("/api/runs/first/stop", "{}", "Origin", origin);
        assertEquals(409, answer.statusCode(), answer.body());
    }

    @Test
    void aFormOfAnotherPageCannotStartARun() throws IOException {
        String answer =
                studio.raw(
                        "POST /api/runs HTTP/1.1\nHost: localhost\nConnection: close\n"
                                + "Content-Type: text/plain\nContent-Length: 2\n\n{}");
        assertTrue(answer.startsWith("HTTP/1.1 415"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "7",
                "{} {}",
                "{\"experiment\": {}}",
                "{\"unknown\": 1}",
                "{\"experiment\": \"nothing\"}",
                "{\"experiment\": \"split-digits\", \"preset\": \"huge\"}",
                "{\"experiment\": \"split-digits\", \"seeds\": 0}",
                "{\"experiment\": \"split-digits\", \"data\": \"/etc\"}",
                "{\"experiment\": \"split-digits\", \"variants\": [\"--help\"]}",
                "{\"experiment\": \"split-digits\", \"set\": {\"epochs\": \"@file\"}}"
            })
    void aMalformedStartIsRefusedWithOneMessage(String body) throws IOException {
        HttpResponse<String> answer = studio.post("/api/runs", body);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().matches("(?s)\\{\"error\":\".+\"}"), answer.body());
        assertFalse(answer.body().contains("defect"), answer.body());
    }

    @Test
    void anOversizedBodyIsRefusedWhetherItTellsItsLengthOrNot() throws IOException {
        String large = "[" + "1,".repeat(Json.LONGEST_BODY / 2) + "1]";
        assertEquals(413, studio.post("/api/runs", large).statusCode());
        String chunk = Integer.toHexString(large.length()) + "\n" + large + "\n0\n\n";
        String answer =
                studio.raw(
                        "POST /api/runs HTTP/1.1\nHost: localhost\nConnection: close\n"
                                + "Content-Type: application/json\n"
                                + "Transfer-Encoding: chunked\n\n"
                                + chunk);
        assertTrue(answer.startsWith("HTTP/1.1 413"), answer.substring(0, 100));
    }

    @Test
    void pagesMayLoadNothingFromElsewhereAndRunNoInlineScript() {
        for (String page : List.of("/", "/latents", "/rules", "/rules/text")) {
            HttpResponse<String> answer = studio.get(page);
            String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
            assertFalse(policy.contains("unsafe"), policy);
            assertFalse(answer.body().matches("(?s).*(<script>| on[a-z]+=|https?://).*"), page);
        }
    }

    @Test
    void boundToMoreThanThisMachineItWantsTheToken() throws IOException {
        try (StudioFixture open = new StudioFixture(folder.resolve("runs"), "0.0.0.0")) {
            String token = open.address.getQuery().substring("token=".length());
            assertEquals(401, open.get("/").statusCode());
            assertEquals(401, open.get("/api/runs").statusCode());
            assertEquals(401, open.get("/api/runs?token=" + token + "x").statusCode());
            assertEquals(401, open.get("/assets/studio.css").statusCode());
            assertEquals(401, open.get("/api/events").statusCode());
            HttpResponse<String> first = open.get("/?token=" + token);
            assertEquals(200, first.statusCode());
            String cookie = first.headers().firstValue("Set-Cookie").orElse("");
            assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), cookie);
            String pair = cookie.substring(0, cookie.indexOf(';'));
            assertEquals(200, open.get("/api/runs", "Cookie", pair).statusCode());
            assertEquals(403, open.status("/?token=" + token, "evil.example"));
        }
    }

    @Test
    void onThisMachineNoTokenIsNeeded() {
        assertEquals("http://127.0.0.1:" + studio.port() + "/", studio.server.address());
        assertEquals(200, studio.get("/").statusCode());
    }

    @Test
    void aTakenPortIsASystemErrorThatNamesThePort() throws IOException {
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            StudioServer.Options options =
                    new StudioServer.Options(
                            "127.0.0.1", taken.getLocalPort(), folder, List.of("x"), Map.of());
            UncheckedIOException refused =
                    assertThrows(
                            UncheckedIOException.class, () -> StudioServer.start(options).close());
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("" + taken.getLocalPort()),
                    refused.getMessage());
        }
    }
}
