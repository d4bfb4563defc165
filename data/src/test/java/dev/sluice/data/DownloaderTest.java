package dev.sluice.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Rng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloaderTest {
    private static final int SIZE = 300_000;

    private final byte[] content = content(1);
    private final KnownSet.RemoteFile file =
            new KnownSet.RemoteFile("key", "f.gz", SIZE, Sha256.of(content), "");
    private Downloader downloader = patient(Duration.ofSeconds(20));
    private final List<String> notes = new ArrayList<>();
    private final List<Long> progress = new ArrayList<>();
    private MirrorServer mirror;
    private MirrorServer second;

    private Path dir;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        dir = folder;
        mirror = new MirrorServer();
        second = new MirrorServer();
        mirror.files.put("f.gz", content);
        second.files.put("f.gz", content);
    }

    @AfterEach
    void stop() {
        mirror.close();
        second.close();
    }

    private static Downloader patient(Duration stall) {
        return new Downloader(Duration.ofSeconds(20), stall, Duration.ofMillis(1));
    }

    private static byte[] content(long seed) {
        Rng rng = Rng.of(seed);
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = (byte) rng.nextInt(256);
        }
        return bytes;
    }

    private List<String> fetch(URI... mirrors) {
        return downloader.fetch(
                file,
                List.of(mirrors),
                dir,
                new ProgressListener() {
                    @Override
                    public void progress(String what, long done, long total) {
                        assertEquals("f.gz", what);
                        assertEquals(SIZE, total);
                        progress.add(done);
                    }

                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }
                });
    }

    private void assertDelivered() throws IOException {
        assertArrayEquals(content, Files.readAllBytes(dir.resolve("f.gz")));
        assertFalse(Files.exists(dir.resolve("f.gz.part")));
        assertEquals(SIZE, progress.get(progress.size() - 1));
    }

    @Test
    void aWholeFileArrivesOnce() throws IOException {
        assertEquals(List.of(), fetch(mirror.uri(), second.uri()));
        assertDelivered();
        assertEquals(List.of(), fetch(mirror.uri()));
        assertEquals(List.of("f.gz null"), mirror.requests);
        assertEquals(List.of(), second.requests);
    }

    @Test
    void aBrokenTransferGoesOnWhereItBroke() throws IOException {
        mirror.cuts.set(2);
        assertEquals(List.of(), fetch(mirror.uri()));
        assertDelivered();
        assertEquals(
                List.of("f.gz null", "f.gz bytes=150000-", "f.gz bytes=225000-"), mirror.requests);
        assertEquals(progress.stream().sorted().toList(), progress);
    }

    @Test
    void aStalledTransferCountsAsBroken() throws IOException {
        mirror.stalls.set(1);
        downloader = patient(Duration.ofMillis(700));
        assertEquals(List.of(), fetch(mirror.uri()));
        assertDelivered();
        assertTrue(mirror.requests.size() > 1, "" + mirror.requests);
    }

    @Test
    void whatAnEarlierRunLeftIsContinued() throws IOException {
        Files.write(dir.resolve("f.gz.part"), Arrays.copyOf(content, 299_999));
        assertEquals(List.of(), fetch(mirror.uri()));
        assertDelivered();
        assertEquals(List.of("f.gz bytes=299999-"), mirror.requests);
    }

    @Test
    void aCompletePartNeedsNoTransfer() throws IOException {
        Files.write(dir.resolve("f.gz.part"), content);
        assertEquals(List.of(), fetch(mirror.uri()));
        assertArrayEquals(content, Files.readAllBytes(dir.resolve("f.gz")));
        assertEquals(List.of(), mirror.requests);
    }

    @Test
    void aServerWithoutRangesSendsTheWholeFileAgain() throws IOException {
        mirror.ranges = false;
        mirror.cuts.set(1);
        assertEquals(List.of(), fetch(mirror.uri()));
        assertDelivered();
        assertEquals(List.of("f.gz null", "f.gz bytes=150000-"), mirror.requests);
        assertTrue(progress.lastIndexOf(0L) > 0, "the fall back to zero is reported");
    }

    @Test
    void aWrongChecksumDiscardsTheFileAndTriesTheNextMirror() throws IOException {
        mirror.files.put("f.gz", content(2));
        assertEquals(List.of(), fetch(mirror.uri(), second.uri()));
        assertDelivered();
        assertEquals(1, notes.size());
        assertTrue(notes.get(0).contains("wrong checksum " + Sha256.of(content(2))), notes.get(0));
        assertEquals(List.of("f.gz null"), second.requests);
    }

    @Test
    void aWrongPartIsNotBlamedOnTheMirrorThatContinuedIt() throws IOException {
        Files.write(dir.resolve("f.gz.part"), Arrays.copyOf(content(2), 1000));
        assertEquals(List.of(), fetch(mirror.uri()));
        assertDelivered();
        assertEquals(List.of("f.gz bytes=1000-", "f.gz null"), mirror.requests);
    }

    @Test
    void aMirrorWithoutTheFileOrWithAnotherLengthIsPassedOver() throws IOException {
        mirror.files.clear();
        assertEquals(List.of(), fetch(mirror.uri(), second.uri()));
        assertDelivered();
        assertTrue(notes.get(0).contains("HTTP status 404"), notes.get(0));
        Files.delete(dir.resolve("f.gz"));
        mirror.files.put("f.gz", new byte[100]);
        assertEquals(List.of(), fetch(mirror.uri(), second.uri()));
        assertDelivered();
        assertTrue(notes.get(1).contains("offers 100 bytes, expected 300000"), notes.get(1));
    }

    @Test
    void aPartLongerThanTheMirrorsFileIsDropped() throws IOException {
        mirror.files.put("f.gz", new byte[100]);
        Files.write(dir.resolve("f.gz.part"), Arrays.copyOf(content, 1000));
        assertEquals(List.of(), fetch(mirror.uri(), second.uri()));
        assertDelivered();
    }

    @Test
    void unreachableMirrorsAreEachReported() throws IOException {
        URI closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = URI.create("http://localhost:" + socket.getLocalPort() + "/");
        }
        URI nowhere = URI.create("http://host.invalid/");
        List<String> failures = fetch(closed, nowhere);
        assertEquals(2, failures.size());
        assertTrue(failures.get(0).contains("Connection refused"), failures.get(0));
        assertTrue(failures.get(1).startsWith("http://host.invalid/: "), failures.get(1));
        assertFalse(Files.exists(dir.resolve("f.gz")));
        assertFalse(Files.exists(dir.resolve("f.gz.part")));
    }

    @Test
    void aFolderThatCannotBeMadeIsTheSystemsNo() throws IOException {
        Path occupied = Files.writeString(dir.resolve("file"), "");
        UncheckedIOException e =
                assertThrows(
                        UncheckedIOException.class,
                        () ->
                                downloader.fetch(
                                        file,
                                        List.of(mirror.uri()),
                                        occupied.resolve("set"),
                                        ProgressListener.silent()));
        assertTrue(String.valueOf(e.getMessage()).contains(occupied.toString()));
    }
}
