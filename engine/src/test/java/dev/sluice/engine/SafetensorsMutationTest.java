package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.SafetensorsFile.Entry;
import dev.sluice.engine.SafetensorsFile.Part;
import dev.sluice.engine.testing.HostileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsMutationTest {
    private static final int MUTATIONS = 3_200;
    private static final long MOST_ALLOCATED = 4 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_mutated_file_is_refused_by_name_or_read_within_its_own_size() throws IOException {
        Path path = folder.resolve("mutant.safetensors");
        byte[] sound = sound();
        Rng rng = Rng.of(7);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutant = HostileBytes.damaged(sound, rng);
            Files.write(path, mutant);
            long before = HostileBytes.allocated();
            if (!readable(path, mutant.length)) {
                refused++;
            }
            long used = HostileBytes.allocated() - before;
            assertTrue(used < MOST_ALLOCATED, "mutation " + i + " allocated " + used + " bytes");
        }
        assertTrue(refused > MUTATIONS / 2, "only " + refused + " mutations were refused");
    }

    /** Reads all that the file offers; false if it was refused. Any other exception is a defect. */
    private static boolean readable(Path path, long fileSize) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            long data = 0;
            for (Entry entry : file.entries()) {
                assertEquals(entry.size(), file.bytes(entry.name()).remaining());
                data += entry.size();
            }
            assertTrue(data < fileSize);
            return true;
        } catch (SafetensorsException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith(path + ": "), e.getMessage());
            return false;
        }
    }

    private byte[] sound() throws IOException {
        Path path = folder.resolve("sound.safetensors");
        SafetensorsFile.write(
                path,
                List.of(
                        Part.of("weight", "F32", new long[] {2, 3}, ByteBuffer.allocate(24)),
                        Part.of("mask", "BOOL", new long[] {5}, ByteBuffer.allocate(5)),
                        Part.of("step", "I64", new long[] {}, ByteBuffer.allocate(8))),
                Map.of("format", "pt", "plan", "{\"routes\": []}"));
        return Files.readAllBytes(path);
    }
}
