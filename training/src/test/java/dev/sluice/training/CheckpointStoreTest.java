package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Rng;
import dev.sluice.engine.SafetensorsException;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.SafetensorsFile.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<String> said = new ArrayList<>();

    static Checkpoint state(String variant, long step, double score) {
        var details = Json.mapper().createObjectNode().put("rng", Long.MIN_VALUE + step);
        return new Checkpoint(variant, 3, step, 17 * step, score, details);
    }

    /** Tensors whose every byte depends on the step. */
    static List<Part> tensors(long step, int size) {
        ByteBuffer weights = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        Rng rng = Rng.of(step);
        while (weights.remaining() >= 8) {
            weights.putLong(rng.nextLong());
        }
        ByteBuffer steps = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, step);
        return List.of(
                Part.of("weights", "F32", new long[] {size / 4}, weights.flip()),
                Part.of("adam.step", "I64", new long[] {}, steps));
    }

    private long latestStep(CheckpointStore store) {
        try (CheckpointStore.Loaded loaded = store.latest(said::add)) {
            return loaded == null ? -1 : loaded.state().step();
        }
    }

    private static List<Long> steps(CheckpointStore store) {
        List<Long> steps = new ArrayList<>();
        for (Path file : store.files()) {
            try (CheckpointStore.Loaded loaded = CheckpointStore.open(file)) {
                steps.add(loaded.state().step());
            }
        }
        return steps;
    }

    @Test
    void a_folder_without_checkpoints_has_no_latest() {
        assertEquals(-1, latestStep(new CheckpointStore(folder.resolve("none"))));
        assertTrue(said.isEmpty());
    }

    @Test
    void a_run_whose_folder_was_removed_is_not_written_again() {
        CheckpointStore store = new CheckpointStore(folder.resolve("removed/checkpoints"));
        assertThrows(
                UncheckedIOException.class,
                () -> store.save(state("routed", 5, 0.1), tensors(5, 4096)));
        assertFalse(Files.exists(folder.resolve("removed")));
    }

    @Test
    void what_was_saved_is_loaded_to_the_bit() {
        CheckpointStore store = new CheckpointStore(folder.resolve("checkpoints"));
        store.save(state("routed", 5, 0.1), tensors(5, 4096));
        try (CheckpointStore.Loaded loaded = store.latest(said::add)) {
            assertNotNull(loaded);
            assertEquals(state("routed", 5, 0.1), loaded.state());
            assertEquals(5, loaded.tensors().bytes("adam.step").getLong());
            Rng rng = Rng.of(5);
            ByteBuffer weights = loaded.tensors().bytes("weights");
            while (weights.hasRemaining()) {
                assertEquals(rng.nextLong(), weights.getLong());
            }
        }
    }

    @Test
    void the_newest_two_and_the_best_of_the_variant_in_training_stay() {
        CheckpointStore store = new CheckpointStore(folder);
        store.save(state("routed", 1, 0.9), tensors(1, 64));
        store.save(state("routed", 2, 0.2), tensors(2, 64));
        store.save(state("routed", 3, 0.5), tensors(3, 64));
        store.save(state("routed", 4, Double.POSITIVE_INFINITY), tensors(4, 64));
        store.save(state("routed", 5, Double.NaN), tensors(5, 64));
        assertEquals(List.of(5L, 4L, 2L), steps(store));
        store.save(state("routed", 6, 0.2), tensors(6, 64));
        assertEquals(List.of(6L, 5L), steps(store), "of equally good ones the newer is the best");
        store.save(state("no-routing", 1, 0.7), tensors(1, 64));
        store.save(state("no-routing", 2, 0.8), tensors(2, 64));
        store.save(state("no-routing", 3, 0.8), tensors(3, 64));
        assertEquals(List.of(3L, 2L, 1L), steps(store), "scores of another variant do not count");
    }

    @Test
    void any_damage_to_the_newest_is_noticed_and_the_one_before_is_used() throws IOException {
        Rng rng = Rng.of(11);
        for (int round = 0; round < 80; round++) {
            CheckpointStore store = new CheckpointStore(folder);
            store.save(state("routed", 2L * round, 0.1), tensors(1, 256));
            store.save(state("routed", 2L * round + 1, 0.2), tensors(2, 256));
            Path newest = store.files().get(0);
            byte[] bytes = Files.readAllBytes(newest);
            if (rng.nextInt(3) == 0) {
                bytes = Arrays.copyOf(bytes, rng.nextInt(bytes.length));
            } else {
                bytes[rng.nextInt(bytes.length)] ^= (byte) (1 << rng.nextInt(8));
            }
            Files.write(newest, bytes);
            said.clear();
            assertEquals(2L * round, latestStep(store));
            assertEquals(1, said.size());
            assertTrue(said.get(0).contains(newest.toString()), said.get(0));
        }
    }

    @Test
    void a_damaged_checkpoint_does_not_count_among_the_two_that_stay() throws IOException {
        CheckpointStore store = new CheckpointStore(folder);
        store.save(state("routed", 1, Double.NaN), tensors(1, 64));
        store.save(state("routed", 2, Double.NaN), tensors(2, 64));
        Path newest = store.files().get(0);
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length - 1]++;
        Files.write(newest, bytes);
        CheckpointStore resumed = new CheckpointStore(folder);
        assertEquals(1, latestStep(resumed));
        resumed.save(state("routed", 3, Double.NaN), tensors(3, 64));
        assertEquals(List.of(3L, 1L), steps(resumed));
    }

    @Test
    void a_checkpoint_of_another_version_is_refused_where_a_damaged_one_is_passed_over() {
        CheckpointStore store = new CheckpointStore(folder);
        store.save(state("routed", 1, Double.NaN), tensors(1, 64));
        Path other = folder.resolve("checkpoint-00000002.safetensors");
        SafetensorsFile.write(other, tensors(2, 64), Map.of("schema", "sluice.checkpoint/2"));
        RunException e = assertThrows(RunException.class, () -> latestStep(store));
        assertEquals(
                other + ": schema: expected sluice.checkpoint/1, found sluice.checkpoint/2",
                e.getMessage());
        SafetensorsFile.write(other, tensors(2, 64), Map.of("schema", "something else"));
        assertEquals(1, latestStep(store));
    }

    @Test
    void other_files_are_neither_read_nor_deleted() throws IOException {
        Files.write(folder.resolve("notes.safetensors"), new byte[1]);
        Files.write(folder.resolve(".checkpoint-00000009.safetensors.x.tmp"), new byte[1]);
        CheckpointStore store = new CheckpointStore(folder);
        store.save(state("routed", 1, Double.NaN), tensors(1, 64));
        assertEquals(1, store.files().size());
        assertTrue(Files.exists(folder.resolve("notes.safetensors")));
    }

    @Test
    void a_safetensors_file_that_is_no_checkpoint_is_named() {
        Path file = folder.resolve("checkpoint-00000001.safetensors");
        SafetensorsFile.write(file, tensors(1, 64), Map.of());
        RunException e = assertThrows(RunException.class, () -> opened(file));
        assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": metadata"), e.getMessage());
        assertThrows(SafetensorsException.class, () -> opened(folder.resolve("missing")));
    }

    private static void opened(Path file) {
        try (CheckpointStore.Loaded loaded = CheckpointStore.open(file)) {
            assertNotNull(loaded);
        }
    }
}
