package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.SafetensorsFile.Entry;
import dev.sluice.engine.SafetensorsFile.Part;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsMutationTest {
    private static final int MUTATIONS = 3_200;
    private static final long MOST_ALLOCATED = 4 << 20;
    private static final List<String> SPLICES =
            List.of(
                    "9223372036854775807",
                    "-1",
                    "4294967296",
                    "1e300",
                    "null",
                    "[[[[[[",
                    "{\"a\":",
                    "\"",
                    "\\ud800",
                    "\u0000",
                    "F64",
                    "BOOL",
                    "__metadata__",
                    "]",
                    "}",
                    ",",
                    "0");

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
            byte[] mutant = sound.clone();
            for (int k = rng.nextInt(3); k >= 0; k--) {
                mutant = mutate(mutant, rng);
            }
            Files.write(path, mutant);
            long before = allocated();
            if (!readable(path, mutant.length)) {
                refused++;
            }
            long used = allocated() - before;
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

    private static byte[] mutate(byte[] bytes, Rng rng) {
        if (bytes.length == 0) {
            return new byte[] {(byte) rng.nextInt(256)};
        }
        int at = rng.nextInt(bytes.length);
        byte[] copy = bytes.clone();
        switch (rng.nextInt(6)) {
            case 0 -> copy[at] ^= (byte) (1 << rng.nextInt(8));
            case 1 -> copy[rng.nextInt(Math.min(8, copy.length))] = (byte) rng.nextInt(256);
            case 2 -> copy = Arrays.copyOf(copy, at);
            case 3 -> copy = splice(copy, at, at + rng.nextInt(bytes.length - at), new byte[0]);
            case 4 -> copy = insertText(copy, at, rng);
            default -> {
                int from = rng.nextInt(bytes.length);
                byte[] piece = Arrays.copyOfRange(copy, from, Math.min(copy.length, from + 60));
                copy = splice(copy, at, at, piece);
            }
        }
        return copy;
    }

    /**
     * Puts in hostile text and, mostly, corrects the header's length so that parsing gets there.
     */
    private static byte[] insertText(byte[] bytes, int at, Rng rng) {
        byte[] text = SPLICES.get(rng.nextInt(SPLICES.size())).getBytes(StandardCharsets.UTF_8);
        int end = rng.nextInt(2) == 0 ? at : Math.min(bytes.length, at + text.length);
        byte[] result = splice(bytes, at, end, text);
        if (result.length >= 8 && at >= 8 && rng.nextInt(4) > 0) {
            ByteBuffer buffer = ByteBuffer.wrap(result).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(0, buffer.getLong(0) + result.length - bytes.length);
        }
        return result;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] with) {
        byte[] result = new byte[bytes.length - (to - from) + with.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(with, 0, result, from, with.length);
        System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
        return result;
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
