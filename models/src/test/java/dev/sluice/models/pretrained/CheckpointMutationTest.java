package dev.sluice.models.pretrained;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.DType;
import dev.sluice.engine.NativeMemory;
import dev.sluice.engine.Rng;
import dev.sluice.engine.SafetensorsException;
import dev.sluice.engine.testing.HostileBytes;
import dev.sluice.models.transformer.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            Files.write(victim, HostileBytes.damaged(before, rng));
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
        long heap = HostileBytes.allocated();
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
            assertTrue(HostileBytes.allocated() - heap < MOST_ALLOCATED, what + ": heap");
            assertTrue(NativeMemory.liveObjects() <= objects, what + ": native objects");
        }
    }
}
