package dev.sluice.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.Rng;
import dev.sluice.engine.SafetensorsFile.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointKillTest {
    private static final int KILLS = 10;
    private static final int SIZE = 1 << 18;
    private static final int PIECES = 32;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** Saves one checkpoint after another until it is killed; prints each step once it is saved. */
    static final class Writer {
        private Writer() {}

        /** The same part written piece by piece with pauses, so that kills hit the writing. */
        private static Part slow(Part part) {
            return new Part(
                    part.name(),
                    part.dtype(),
                    part.dimensions(),
                    out -> part.content().writeTo(new Slow(out)));
        }

        public static void main(String[] arguments) {
            CheckpointStore store = new CheckpointStore(Path.of(arguments[0]));
            for (long step = Long.parseLong(arguments[1]); ; step++) {
                double score = 1.0 / (1 + step % 5);
                store.save(
                        CheckpointStoreTest.state("routed", step, score),
                        CheckpointStoreTest.tensors(step, SIZE).stream()
                                .map(Writer::slow)
                                .toList());
                System.out.println(step);
                System.out.flush();
            }
        }
    }

    private record Slow(WritableByteChannel out) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int total = bytes.remaining();
            int piece = total / PIECES + 1;
            while (bytes.hasRemaining()) {
                int size = Math.min(piece, bytes.remaining());
                out.write(bytes.slice(bytes.position(), size));
                bytes.position(bytes.position() + size);
                LockSupport.parkNanos(500_000);
            }
            return total;
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    @Test
    void a_process_killed_at_any_moment_leaves_a_whole_checkpoint_and_nothing_torn()
            throws Exception {
        Rng rng = Rng.of(System.nanoTime());
        CheckpointStore store = new CheckpointStore(folder);
        long first = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = ChildJvm.start(Writer.class, folder.toString(), Long.toString(first));
            int ready = child.getInputStream().read();
            assertTrue(ready >= 0, "the writer ended by itself");
            Thread.sleep(rng.nextInt(150));
            child.toHandle().destroyForcibly();
            List<String> acknowledged = ChildJvm.lines(child);
            assertEquals(137, child.waitFor());
            long saved = lastStep((char) ready, acknowledged);
            List<String> said = new ArrayList<>();
            try (CheckpointStore.Loaded latest = store.latest(said::add)) {
                assertNotNull(latest);
                long step = latest.state().step();
                assertTrue(step == saved || step == saved + 1, step + " after " + saved);
                ByteBuffer weights = latest.tensors().bytes("weights");
                Rng expected = Rng.of(step);
                while (weights.hasRemaining()) {
                    assertEquals(expected.nextLong(), weights.getLong());
                }
                first = step + 1;
            }
            assertEquals(List.of(), said);
            store.files().forEach(CheckpointKillTest::mustBeWhole);
            assertTrue(store.files().size() <= 4, store.files().toString());
        }
    }

    private static void mustBeWhole(Path file) {
        try (CheckpointStore.Loaded loaded = CheckpointStore.open(file)) {
            assertNotNull(loaded);
        }
    }

    /** The first character was read apart, to know when the writer was under way. */
    private static long lastStep(char ready, List<String> rest) {
        return rest.size() == 1
                ? Long.parseLong(ready + rest.get(0))
                : Long.parseLong(rest.get(rest.size() - 1));
    }
}
