package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> String.valueOf(f.getFileName())).sorted().toList();
        }
    }

    @Test
    void the_final_name_appears_only_when_all_bytes_are_written() throws IOException {
        Path target = folder.resolve("a.json");
        AtomicFiles.write(
                target,
                out -> {
                    out.write(ByteBuffer.wrap(new byte[] {1}));
                    assertTrue(Files.notExists(target));
                    assertEquals(1, names().size());
                    assertTrue(names().get(0).startsWith(".a.json."));
                });
        assertEquals(List.of("a.json"), names());
    }

    @Test
    void a_failed_write_leaves_the_old_bytes_and_no_temporary_file() throws IOException {
        Path target = folder.resolve("a.json");
        AtomicFiles.write(target, "old".getBytes(StandardCharsets.UTF_8));
        UncheckedIOException e =
                assertThrows(
                        UncheckedIOException.class,
                        () ->
                                AtomicFiles.write(
                                        target,
                                        out -> {
                                            out.write(ByteBuffer.wrap(new byte[100]));
                                            throw new IOException("No space left on device");
                                        }));
        assertEquals("cannot write " + target + ": No space left on device", e.getMessage());
        assertEquals("old", Files.readString(target));
        assertEquals(List.of("a.json"), names());
    }

    @Test
    void large_buffers_arrive_whole() throws IOException {
        byte[] bytes = new byte[(3 << 20) + 17];
        Rng rng = Rng.of(1);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) rng.nextInt(256);
        }
        Path target = folder.resolve("large");
        AtomicFiles.write(target, bytes);
        assertArrayEquals(bytes, Files.readAllBytes(target));
    }

    @Test
    void a_missing_folder_is_named() {
        Path target = folder.resolve("missing").resolve("a");
        UncheckedIOException e =
                assertThrows(
                        UncheckedIOException.class, () -> AtomicFiles.write(target, new byte[0]));
        assertTrue(String.valueOf(e.getMessage()).contains("no such file or folder"));
    }

    @Test
    void leftovers_of_killed_writers_are_cleared_and_nothing_else() throws IOException {
        Files.write(folder.resolve(".a.json.1234.tmp"), new byte[1]);
        Files.write(folder.resolve(".lock"), new byte[1]);
        Files.write(folder.resolve("b.tmp"), new byte[1]);
        AtomicFiles.removeLeftovers(folder);
        assertEquals(List.of(".lock", "b.tmp"), names());
    }
}
