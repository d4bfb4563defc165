package dev.sluice.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.DataException;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.corpus.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CorporaTest {
    private Path folder;

    @BeforeEach
    void start(@TempDir Path empty) {
        folder = empty;
    }

    private Corpora corpora() {
        return Corpora.of(
                Map.of("SLUICE_DATA", folder.toString(), "SLUICE_CACHE", folder + "/cache"));
    }

    private static String first(Corpus corpus) {
        try (Documents documents = corpus.open()) {
            return documents.next().text();
        }
    }

    @Test
    void withoutANameStoriesAreMadeUpAndSaySo() {
        Corpus corpus = corpora().byDefault();
        assertTrue(corpus.generated());
        assertEquals("generated-stories", corpus.name());
        assertTrue(corpora().open("generated-places", TextFormat.standard()).generated());
        assertEquals(folder.resolve("cache"), corpora().cache());
    }

    @Test
    void aNameIsAFolderOfTheUsersDataAndAPathIsAPath() throws IOException {
        Files.createDirectory(folder.resolve("tales"));
        Path file = Files.writeString(folder.resolve("tales/a.txt"), "Once");
        Corpus byName = corpora().open("tales", TextFormat.standard());
        assertEquals("Once", first(byName));
        assertFalse(byName.generated());
        assertEquals("Once", first(corpora().open(file.toString(), TextFormat.standard())));
        assertThrows(DataException.class, () -> corpora().open("none", TextFormat.standard()));
        assertThrows(DataException.class, () -> corpora().open("a\0b", TextFormat.standard()));
    }

    @Test
    void aSlipInTheNameOfAFileIsAnsweredWithTheNearestName() throws IOException {
        Files.writeString(folder.resolve("stories.txt"), "Once");
        Path slip = folder.resolve("storeis.txt");
        DataException refused =
                assertThrows(
                        DataException.class,
                        () -> corpora().open(slip.toString(), TextFormat.standard()));
        assertTrue(("" + refused.getMessage()).endsWith("no such file; nearest: stories.txt"));
        Path other = folder.resolve("other.txt");
        DataException unlike =
                assertThrows(
                        DataException.class,
                        () -> corpora().open(other.toString(), TextFormat.standard()));
        assertTrue(("" + unlike.getMessage()).endsWith("found no such file"));
    }
}
