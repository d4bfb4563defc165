package dev.sluice.models.pretrained;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.NativeMemory;
import dev.sluice.engine.Rng;
import dev.sluice.engine.SafetensorsException;
import dev.sluice.models.transformer.Transformer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes a checkpoint holds, it is a model or one clear error. */
final class CheckpointMutationTest {
    private static final long MOST_ALLOCATED = 8 << 20;
    private static final List<String> SPLICES =
            List.of(
                    "9223372036854775807",
                    "2147483647",
                    "-1",
                    "0",
                    "1e300",
                    "null",
                    "true",
                    "[]",
                    "{}",
                    "[[[[[[[[",
                    "{\"a\":",
                    "\"",
                    "\\ud800",
                    "\u0000",
                    "../../etc/passwd",
                    "/dev/zero",
                    "model-00002-of-00002.safetensors",
                    "gpt_neo",
                    "qwen2",
                    "BF16",
                    "F64",
                    "I8",
                    ",",
                    "}");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void a_mutated_checkpoint_is_refused_or_read_within_its_own_size(long seed) throws IOException {
        mutate(seed, 500);
    }

    @Test
    @Tag("slow")
    void ten_thousand_mutated_checkpoints_are_refused_or_read_within_their_own_size()
            throws IOException {
        mutate(3, 10_000);
    }

    private void mutate(long seed, int count) throws IOException {
        Rng rng = Rng.of(seed);
        int refused = 0;
        for (int i = 0; i < count; i++) {
            TinyCheckpoint tiny =
                    TinyCheckpoint.values()[rng.nextInt(TinyCheckpoint.values().length)];
            Path there = sound(tiny, rng.nextInt(2) == 0);
            Path victim = victim(there, rng);
            byte[] before = Files.readAllBytes(victim);
            byte[] mutant = before;
            for (int k = rng.nextInt(3); k >= 0; k--) {
                mutant = mutated(mutant, rng);
            }
            Files.write(victim, mutant);
            refused += readable(there, "mutation " + i + " of " + victim) ? 0 : 1;
            Files.write(victim, before);
        }
        assertTrue(refused > count / 3, "only " + refused + " of " + count + " were refused");
    }

    private Path sound(TinyCheckpoint tiny, boolean sharded) {
        Path there = folder.resolve(tiny + (sharded ? "-shards" : ""));
        if (!Files.exists(there)) {
            try (Transformer model = tiny.model(DType.F32)) {
                new CheckpointWriter(DType.F32, sharded ? 900 : 1 << 20, null).write(model, there);
            }
        }
        return there;
    }

    private static Path victim(Path there, Rng rng) throws IOException {
        try (Stream<Path> files = Files.list(there)) {
            List<Path> all = files.sorted().toList();
            List<Path> json = all.stream().filter(f -> f.toString().endsWith(".json")).toList();
            List<Path> from = rng.nextInt(2) == 0 ? json : all;
            return from.get(rng.nextInt(from.size()));
        }
    }

    /** Reads the model; false if it was refused. Any other exception is a defect. */
    private static boolean readable(Path there, String what) {
        long heap = allocated();
        long objects = NativeMemory.liveObjects();
        try (PretrainedWeights weights = PretrainedWeights.open(there);
                Transformer model = weights.load(DType.F32)) {
            assertTrue(model.parameterCount() < 10_000, what);
            return true;
        } catch (CheckpointException | SafetensorsException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith(there.toString()), what + ": " + message);
            assertTrue(message.contains("expected") && message.length() < 1500, message);
            assertFalse(message.chars().anyMatch(c -> c < ' '), message);
            return false;
        } finally {
            assertTrue(allocated() - heap < MOST_ALLOCATED, what + ": heap");
            assertTrue(NativeMemory.liveObjects() <= objects, what + ": native objects");
        }
    }

    private static byte[] mutated(byte[] bytes, Rng rng) {
        if (bytes.length == 0) {
            return new byte[] {(byte) rng.nextInt(256)};
        }
        int at = rng.nextInt(Math.min(bytes.length, 3000));
        byte[] copy = bytes.clone();
        switch (rng.nextInt(6)) {
            case 0 -> copy[at] ^= (byte) (1 << rng.nextInt(8));
            case 1 -> copy[rng.nextInt(Math.min(8, copy.length))] = (byte) rng.nextInt(256);
            case 2 -> copy = Arrays.copyOf(copy, rng.nextInt(bytes.length));
            case 3 -> {
                int end = Math.min(bytes.length, at + 1 + rng.nextInt(40));
                copy = splice(copy, at, end, new byte[0]);
            }
            case 4 -> copy = withText(copy, at, rng);
            default -> {
                int from = rng.nextInt(bytes.length);
                byte[] piece = Arrays.copyOfRange(copy, from, Math.min(copy.length, from + 60));
                copy = splice(copy, at, at, piece);
            }
        }
        return copy;
    }

    /**
     * Puts in hostile text, in place of a whole value where there is one, and mostly keeps the
     * header's length right, so that parsing gets there.
     */
    private static byte[] withText(byte[] bytes, int at, Rng rng) {
        byte[] text = SPLICES.get(rng.nextInt(SPLICES.size())).getBytes(StandardCharsets.UTF_8);
        int from = at;
        while (from < bytes.length && bytes[from] != ':' && bytes[from] != '[') {
            from++;
        }
        boolean value = from + 1 < bytes.length && rng.nextInt(4) > 0;
        int start = value ? from + 1 : at;
        int end = start;
        while (value && end < bytes.length && ",}]\n".indexOf(bytes[end]) < 0) {
            end++;
        }
        byte[] result = splice(bytes, start, end, text);
        boolean tensors = bytes.length > 8 && bytes[0] != '{';
        if (tensors && start >= 8 && rng.nextInt(4) > 0) {
            ByteBuffer buffer = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
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
