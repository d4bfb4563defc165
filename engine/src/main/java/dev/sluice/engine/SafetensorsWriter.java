package dev.sluice.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.engine.SafetensorsFile.Part;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lays out and writes one safetensors file; everything it writes passes the reader's checks. */
final class SafetensorsWriter {
    private final Path path;
    private final List<Part> parts;
    private final Map<String, String> metadata;

    SafetensorsWriter(Path path, List<Part> parts, Map<String, String> metadata) {
        this.path = path;
        this.parts = parts;
        this.metadata = new TreeMap<>(metadata);
    }

    void write() {
        List<Part> inOrder = new ArrayList<>(parts);
        inOrder.sort(Comparator.comparing(this::elementSize).reversed().thenComparing(Part::name));
        ByteBuffer header = header(inOrder);
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        length.putLong(0, header.remaining());
        AtomicFiles.write(
                path,
                out -> {
                    out.write(length);
                    out.write(header);
                    for (Part part : inOrder) {
                        writePart(out, part);
                    }
                });
    }

    private void writePart(WritableByteChannel out, Part part) throws IOException {
        Counted counted = new Counted(out);
        part.content().writeTo(counted);
        if (counted.bytes != size(part)) {
            String found = counted.bytes + " bytes";
            throw wrong(SafetensorsFile.tensor(part.name()), size(part) + " bytes", found);
        }
    }

    private ByteBuffer header(List<Part> inOrder) {
        Map<String, Long> offsets = new TreeMap<>();
        long end = 0;
        for (Part part : inOrder) {
            if (offsets.put(part.name(), end) != null
                    || SafetensorsHeader.METADATA.equals(part.name())) {
                String found = "\"" + part.name() + "\" twice or reserved";
                throw wrong("names", "each once and not " + SafetensorsHeader.METADATA, found);
            }
            end += size(part);
        }
        ByteBuffer header = padded(json(offsets));
        if (header.remaining() > SafetensorsHeader.LARGEST) {
            String most = SafetensorsHeader.LARGEST + " bytes at most";
            throw wrong("header", most, header.remaining() + " bytes");
        }
        // Whatever the reader would refuse must not be written.
        SafetensorsHeader.parse(path, header.duplicate(), end);
        return header;
    }

    private String json(Map<String, Long> offsets) {
        List<Part> byName = new ArrayList<>(parts);
        byName.sort(Comparator.comparing(Part::name));
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            for (Part part : byName) {
                writeEntry(json, part, offsets.getOrDefault(part.name(), 0L));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the header of " + path, e);
        }
        return text.toString();
    }

    private void writeEntry(JsonGenerator json, Part part, long offset) throws IOException {
        json.writeObjectFieldStart(part.name());
        json.writeStringField("dtype", part.dtype());
        json.writeArrayFieldStart("shape");
        for (long dimension : part.dimensions()) {
            json.writeNumber(dimension);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(offset);
        json.writeNumber(offset + size(part));
        json.writeEndArray();
        json.writeEndObject();
    }

    /** UTF-8, filled with spaces to a multiple of eight, so that the data starts aligned. */
    private ByteBuffer padded(String json) {
        ByteBuffer text;
        try {
            text = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
        } catch (CharacterCodingException e) {
            throw wrong("header", "names and metadata in valid Unicode", "half a surrogate pair");
        }
        ByteBuffer header = ByteBuffer.allocate((text.remaining() + 7) / 8 * 8);
        header.put(text);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private int elementSize(Part part) {
        Integer size = SafetensorsHeader.ELEMENT_SIZES.get(part.dtype());
        if (size == null) {
            String expected = "one of " + SafetensorsHeader.ELEMENT_SIZES.keySet();
            throw wrong(SafetensorsFile.tensor(part.name()) + ", dtype", expected, part.dtype());
        }
        return size;
    }

    private long size(Part part) {
        try {
            long size = elementSize(part);
            for (long dimension : part.dimensions()) {
                size = Math.multiplyExact(size, dimension);
            }
            return size;
        } catch (ArithmeticException e) {
            String found = part.dimensions().toString();
            throw wrong(SafetensorsFile.tensor(part.name()), "a size below 2^63 bytes", found);
        }
    }

    private SafetensorsException wrong(String place, String expected, String found) {
        return new SafetensorsException(path, place, expected, found);
    }

    /** Counts what a part writes. */
    private static final class Counted implements WritableByteChannel {
        private final WritableByteChannel out;
        private long bytes;

        Counted(WritableByteChannel out) {
            this.out = out;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int count = out.write(source);
            bytes += count;
            return count;
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
}
