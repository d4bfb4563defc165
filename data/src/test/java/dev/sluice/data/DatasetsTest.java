package dev.sluice.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    private final ImageData digits = GeneratedDigits.generate(9, 30, 20);
    private MirrorServer mirror;
    private Path root;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        root = folder;
        mirror = new MirrorServer();
        Path served = root.resolve("mirror");
        IdxWriter.writeAll(served, digits);
        for (KnownSet.RemoteFile file : KnownSet.mnist().files()) {
            mirror.files.put(file.name(), Files.readAllBytes(served.resolve(file.name())));
        }
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    private static final class Silent implements ProgressListener {
        final List<String> notes = new ArrayList<>();

        @Override
        public void progress(String what, long done, long total) {}

        @Override
        public void note(String line) {
            notes.add(line);
        }
    }

    /** Data sets with a small stand-in for MNIST that {@code uri} delivers. */
    private Datasets datasets(URI uri) throws IOException {
        List<KnownSet.RemoteFile> files = new ArrayList<>();
        Map<String, String> content = IdxImages.read(root.resolve("mirror"), "mnist").sha256();
        for (KnownSet.RemoteFile file : KnownSet.mnist().files()) {
            byte[] bytes = Files.readAllBytes(root.resolve("mirror").resolve(file.name()));
            files.add(
                    new KnownSet.RemoteFile(
                            file.key(),
                            file.name(),
                            bytes.length,
                            Sha256.of(bytes),
                            String.valueOf(content.get(file.key()))));
        }
        Map<String, String> env =
                Map.of(
                        "SLUICE_DATA", root.resolve("own").toString(),
                        "SLUICE_CACHE", root.resolve("cache").toString());
        Duration limit = Duration.ofSeconds(20);
        return new Datasets(
                DataPlaces.of(env),
                List.of(new KnownSet("mnist", "a small stand-in", List.of(uri), files)),
                new Downloader(limit, limit, Duration.ofMillis(1)));
    }

    private URI offline() {
        mirror.close();
        return mirror.uri();
    }

    @Test
    void aNamedSetIsFetchedOnceAndThenReadFromTheCache() throws IOException {
        Datasets datasets = datasets(mirror.uri());
        assertEquals("generated", datasets.digitsByDefault().name());
        assertFalse(datasets.list().get(0).here());
        ImageData data = datasets.open("mnist", new Silent());
        assertArrayEquals(digits.train().images(), data.train().images());
        assertFalse(data.generated());
        assertEquals("mnist", data.name());
        datasets.open("mnist", new Silent());
        assertEquals(4, mirror.requests.size());
        assertEquals("mnist", datasets.digitsByDefault().name());
        Path cached = root.resolve("cache").resolve("mnist");
        assertEquals(Optional.of(cached), datasets.get("mnist", new Silent()));
        assertEquals(Optional.of(cached), datasets.list().get(0).folder());
        assertTrue(datasets.check("mnist").published());
    }

    @Test
    void theUsersOwnFolderComesBeforeTheCacheAndTheNetwork() throws IOException {
        ImageData other = GeneratedDigits.generate(10, 20, 10);
        IdxWriter.writeAll(root.resolve("own").resolve("mnist"), other);
        IdxWriter.writeAll(root.resolve("cache").resolve("mnist"), digits);
        Silent listener = new Silent();
        Datasets datasets = datasets(offline());
        assertArrayEquals(other.test().images(), datasets.open("mnist", listener).test().images());
        assertTrue(listener.notes.get(0).contains("not the published mnist"));
        DataException e = assertThrows(DataException.class, () -> datasets.check("mnist"));
        assertTrue(String.valueOf(e.getMessage()).contains("train-images, sha256"));
    }

    @Test
    void aDownloadThatStoppedBetweenFilesIsCompleted() throws IOException {
        IdxWriter.writeAll(root.resolve("cache").resolve("mnist"), digits);
        Files.delete(root.resolve("cache").resolve("mnist").resolve("t10k-labels-idx1-ubyte.gz"));
        Datasets datasets = datasets(mirror.uri());
        assertEquals("generated", datasets.digitsByDefault().name());
        assertEquals(20, datasets.open("mnist", new Silent()).test().size());
        assertEquals(List.of("t10k-labels-idx1-ubyte.gz null"), mirror.requests);
    }

    @Test
    void offlineTheMessageTellsHowToProvideTheFiles() throws IOException {
        Datasets datasets = datasets(offline());
        UnavailableException e =
                assertThrows(
                        UnavailableException.class, () -> datasets.open("mnist", new Silent()));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("no mirror delivers it"), message);
        assertTrue(message.contains(root.resolve("own").resolve("mnist").toString()), message);
        for (KnownSet.RemoteFile file : KnownSet.mnist().files()) {
            assertTrue(message.contains(file.name()), message);
        }
        assertTrue(message.contains("--data generated"), message);
        assertThrows(UnavailableException.class, () -> datasets.check("mnist"));
    }

    @Test
    void aSetThatTheUserBeganButDidNotCompleteNamesTheMissingFile() throws IOException {
        Path own = root.resolve("own").resolve("mnist");
        IdxWriter.writeAll(own, digits);
        Files.delete(own.resolve("train-labels-idx1-ubyte.gz"));
        Datasets datasets = datasets(mirror.uri());
        DataException e =
                assertThrows(DataException.class, () -> datasets.open("mnist", new Silent()));
        assertTrue(String.valueOf(e.getMessage()).contains("train-labels-idx1-ubyte"));
        assertThrows(DataException.class, () -> datasets.get("mnist", new Silent()));
        assertEquals("generated", datasets.digitsByDefault().name());
    }

    @Test
    void aFolderIsOpenedByPathAndASetOfOnesOwnByName() throws IOException {
        IdxWriter.writeAll(root.resolve("own").resolve("letters"), digits);
        Datasets datasets = datasets(offline());
        String path = root.resolve("own").resolve("letters").toString();
        ImageData byPath = datasets.open(path, new Silent());
        ImageData byName = datasets.open("letters", new Silent());
        assertEquals("letters", byPath.name());
        assertEquals(byPath.sha256(), byName.sha256());
        assertEquals(
                List.of("mnist", "generated", "letters"),
                datasets.list().stream().map(DataListing::name).toList());
        assertFalse(datasets.check("letters").published());
    }

    @Test
    void anUnknownNameOffersTheNearestAndAMissingFolderIsBadInput() throws IOException {
        Datasets datasets = datasets(offline());
        UnknownDataException e =
                assertThrows(
                        UnknownDataException.class, () -> datasets.open("mnits", new Silent()));
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith("unknown data set \"mnits\": nearest mnist"),
                e.getMessage());
        for (String path : List.of("./no-such", "no/such", "../no-such", root + "/no-such")) {
            DataException missing =
                    assertThrows(DataException.class, () -> datasets.open(path, new Silent()));
            assertTrue(String.valueOf(missing.getMessage()).contains("found nothing"));
        }
        assertThrows(UnknownDataException.class, () -> datasets.check("a\0b"));
        assertThrows(UnknownDataException.class, () -> datasets.get("", new Silent()));
    }

    @Test
    void imagesOfAnotherSizeAreRefused() throws IOException {
        Path folder = root.resolve("small");
        IdxWriter.writeAll(
                folder,
                new ImageData(
                        "small",
                        false,
                        "",
                        new ImageSet(2, 2, new byte[4], new byte[1]),
                        new ImageSet(2, 2, new byte[4], new byte[1]),
                        Map.of()));
        Datasets datasets = datasets(offline());
        DataException e =
                assertThrows(
                        DataException.class, () -> datasets.open(folder.toString(), new Silent()));
        assertTrue(
                String.valueOf(e.getMessage())
                        .endsWith("image size: expected 28 x 28, found 2 x 2"));
    }

    @Test
    void theGeneratorSeedDecidesGeneratedDigits() throws IOException {
        ImageData data = datasets(offline()).open("generated", 77, new Silent());
        assertEquals(GeneratedDigits.generate(77).sha256(), data.sha256());
        assertEquals(Optional.empty(), datasets(offline()).get("generated", new Silent()));
    }

    @Test
    void theCacheFollowsTheEnvironment() {
        assertEquals(
                Path.of("/c"),
                DataPlaces.of(Map.of("SLUICE_CACHE", "/c", "XDG_CACHE_HOME", "/x")).cache());
        assertEquals(
                Path.of("/x/sluice"),
                DataPlaces.of(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h")).cache());
        assertEquals(
                Path.of("/h/.cache/sluice"),
                DataPlaces.of(Map.of("XDG_CACHE_HOME", "relative", "HOME", "/h")).cache());
        assertEquals(Optional.empty(), DataPlaces.of(Map.of("SLUICE_DATA", "")).own());
    }
}
