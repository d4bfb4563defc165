package dev.sluice.training;

import dev.sluice.engine.FileProblem;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.SafetensorsFile.Entry;
import dev.sluice.engine.SafetensorsFile.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/** The CRC-32C of a checkpoint: its state, then each tensor by name with dtype, shape and bytes. */
final class CheckpointSum {
    private static final int CHUNK = 1 << 20;

    private final CRC32C crc = new CRC32C();

    private CheckpointSum(String state) {
        add(state);
    }

    /** The sum of what is about to be written. */
    static String of(List<Part> tensors, String state) {
        CheckpointSum sum = new CheckpointSum(state);
        List<Part> byName = new ArrayList<>(tensors);
        byName.sort(Comparator.comparing(Part::name));
        for (Part part : byName) {
            sum.add(part.name() + "\n" + part.dtype() + part.dimensions());
            try {
                part.content().writeTo(new Into(sum.crc));
            } catch (IOException e) {
                throw FileProblem.of("cannot read tensor " + part.name(), e);
            }
        }
        return sum.text();
    }

    /** The sum of what was written. */
    static String of(SafetensorsFile file, String state) {
        CheckpointSum sum = new CheckpointSum(state);
        List<Entry> byName = new ArrayList<>(file.entries());
        byName.sort(Comparator.comparing(Entry::name));
        ByteBuffer piece = ByteBuffer.allocate(CHUNK);
        for (Entry entry : byName) {
            sum.add(entry.name() + "\n" + entry.dtype() + entry.dimensions());
            for (long from = 0; from < entry.size(); from += CHUNK) {
                piece.clear().limit((int) Math.min(CHUNK, entry.size() - from));
                file.read(entry.name(), from, piece);
                sum.crc.update(piece.flip());
            }
        }
        return sum.text();
    }

    private void add(String text) {
        crc.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String text() {
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** Takes bytes for their sum alone. */
    private record Into(CRC32C crc) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) {
            int count = bytes.remaining();
            crc.update(bytes);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
