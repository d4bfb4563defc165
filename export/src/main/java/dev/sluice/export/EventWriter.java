package dev.sluice.export;

import com.google.protobuf.CodedOutputStream;
import dev.sluice.engine.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * TensorBoard events: protocol buffers {@code Event} (wall_time 1, step 2, file_version 3, summary
 * 5), {@code Summary} (value 1), {@code Value} (tag 1, simple_value 2), each framed as a TFRecord:
 * length, masked CRC-32C of the length, content, masked CRC-32C of the content.
 */
final class EventWriter {
    private static final int MASK = 0xa282ead8;

    /** The content of one message. */
    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    /** The event that every file starts with. */
    void begin(double time) {
        record(
                message(
                        out -> {
                            out.writeDouble(1, time);
                            out.writeString(3, "brain.Event:2");
                        }));
    }

    /** The values of a step, under their names. */
    void scalars(double time, long step, Map<String, Double> values) {
        byte[] summary =
                message(
                        out -> {
                            for (Map.Entry<String, Double> v : values.entrySet()) {
                                out.writeByteArray(1, scalar(v.getKey(), v.getValue()));
                            }
                        });
        record(
                message(
                        out -> {
                            out.writeDouble(1, time);
                            out.writeInt64(2, step);
                            out.writeByteArray(5, summary);
                        }));
    }

    private static byte[] scalar(String tag, double value) {
        return message(
                out -> {
                    out.writeString(1, tag);
                    out.writeFloat(2, (float) value);
                });
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused a message", e);
        }
        return bytes.toByteArray();
    }

    private void record(byte[] content) {
        byte[] length =
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(content.length)
                        .array();
        file.writeBytes(length);
        file.writeBytes(sum(length));
        file.writeBytes(content);
        file.writeBytes(sum(content));
    }

    private static byte[] sum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int value = (int) crc.getValue();
        int masked = Integer.rotateRight(value, 15) + MASK;
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(masked).array();
    }

    void save(Path target) {
        AtomicFiles.write(target, file.toByteArray());
    }
}
