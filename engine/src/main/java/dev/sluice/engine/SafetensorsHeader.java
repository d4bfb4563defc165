package dev.sluice.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.engine.SafetensorsFile.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The checked header of a safetensors file: nothing in it can send a reader outside the data. */
final class SafetensorsHeader {
    /** The format's own bound on headers, in bytes. */
    static final int LARGEST = 100_000_000;

    static final String METADATA = "__metadata__";

    /** Bytes per element of each dtype. */
    static final Map<String, Integer> ELEMENT_SIZES =
            Collections.unmodifiableMap(
                    new TreeMap<>(
                            Map.of(
                                    "F64", 8, "F32", 4, "F16", 2, "BF16", 2, "I64", 8, "I32", 4,
                                    "I16", 2, "I8", 1, "U8", 1, "BOOL", 1)));

    /** No tensor library has more dimensions; bounds what a hostile header can make us allocate. */
    private static final int MOST_DIMENSIONS = 64;

    /** Without the shared table of names, which hostile names can fill or make collide. */
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    private final Path path;
    private final long dataStart;
    private final Map<String, Entry> byName = new TreeMap<>();
    private final Map<String, String> metadata = new TreeMap<>();
    private final List<Entry> inOrder = new ArrayList<>();

    private SafetensorsHeader(Path path, long dataStart) {
        this.path = path;
        this.dataStart = dataStart;
    }

    /** Reads the JSON in {@code bytes} and checks it against {@code dataSize} bytes of data. */
    static SafetensorsHeader parse(Path path, ByteBuffer bytes, long dataSize) {
        SafetensorsHeader header = new SafetensorsHeader(path, 8L + bytes.remaining());
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new SafetensorsException(path, "header", "UTF-8 text", "other bytes");
        }
        try (JsonParser json = JSON.createParser(text)) {
            header.readObject(json);
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : e.getLocation().getCharOffset();
            String found = Objects.requireNonNullElse(e.getOriginalMessage(), "something else");
            throw new SafetensorsException(path, "header, character " + at, "valid JSON", found);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
        header.checkRanges(dataSize);
        return header;
    }

    long dataStart() {
        return dataStart;
    }

    List<Entry> entries() {
        return Collections.unmodifiableList(inOrder);
    }

    @Nullable Entry find(String name) {
        return byName.get(name);
    }

    Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    private void readObject(JsonParser json) throws IOException {
        expect(json, json.nextToken(), JsonToken.START_OBJECT, "header");
        boolean metadataSeen = false;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            if (name.equals(METADATA)) {
                if (metadataSeen) {
                    throw wrong("header", METADATA + " once", "it twice");
                }
                metadataSeen = true;
                readMetadata(json);
            } else {
                Entry entry = readEntry(json, name);
                if (byName.putIfAbsent(name, entry) != null) {
                    throw wrong("header", "each name once", "\"" + name + "\" twice");
                }
            }
        }
        JsonToken after = json.nextToken();
        if (after != null) {
            throw wrong("header", "nothing but spaces after the closing brace", describe(json));
        }
    }

    private void readMetadata(JsonParser json) throws IOException {
        expect(json, json.nextToken(), JsonToken.START_OBJECT, METADATA);
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            expect(json, json.nextToken(), JsonToken.VALUE_STRING, METADATA + " \"" + key + "\"");
            if (metadata.putIfAbsent(key, json.getText()) != null) {
                throw wrong(METADATA, "each key once", "\"" + key + "\" twice");
            }
        }
    }

    private Entry readEntry(JsonParser json, String name) throws IOException {
        String place = SafetensorsFile.tensor(name);
        expect(json, json.nextToken(), JsonToken.START_OBJECT, place);
        String dtype = null;
        List<Long> shape = null;
        List<Long> range = null;
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (key) {
                case "dtype" -> {
                    once(dtype, place, key);
                    expect(json, value, JsonToken.VALUE_STRING, place + ", dtype");
                    dtype = json.getText();
                }
                case "shape" -> {
                    once(shape, place, key);
                    shape = readNumbers(json, place + ", shape", MOST_DIMENSIONS);
                }
                case "data_offsets" -> {
                    once(range, place, key);
                    range = readNumbers(json, place + ", data_offsets", 2);
                }
                default -> json.skipChildren();
            }
        }
        if (dtype == null || shape == null || range == null || range.size() != 2) {
            throw wrong(place, "dtype, shape and two data_offsets", "fewer of them");
        }
        return entry(name, dtype, shape, range);
    }

    private void once(@Nullable Object seen, String place, String key) {
        if (seen != null) {
            throw wrong(place, key + " once", "it twice");
        }
    }

    private Entry entry(String name, String dtype, List<Long> shape, List<Long> range) {
        String place = SafetensorsFile.tensor(name);
        Integer element = ELEMENT_SIZES.get(dtype);
        if (element == null) {
            throw wrong(place + ", dtype", "one of " + ELEMENT_SIZES.keySet(), dtype);
        }
        long needed = element;
        try {
            for (long dimension : shape) {
                needed = Math.multiplyExact(needed, dimension);
            }
        } catch (ArithmeticException e) {
            throw wrong(place + ", shape", "a size below 2^63 bytes", shape.toString());
        }
        long offset = range.get(0);
        long size = range.get(1) - offset;
        if (size != needed) {
            String expected = needed + " bytes for " + dtype + " " + shape;
            throw wrong(place + ", data_offsets", expected, size + " bytes");
        }
        return new Entry(name, dtype, shape, offset, size);
    }

    private List<Long> readNumbers(JsonParser json, String place, int most) throws IOException {
        expect(json, json.currentToken(), JsonToken.START_ARRAY, place);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, place);
            boolean fits = json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!fits || json.getLongValue() < 0) {
                throw wrong(place, "numbers from 0 to 2^63 − 1", json.getText());
            }
            if (numbers.size() == most) {
                throw wrong(place, "at most " + most + " numbers", "more");
            }
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    /** The byte ranges must cover the data from its first byte to its last, each byte once. */
    private void checkRanges(long dataSize) {
        inOrder.addAll(byName.values());
        inOrder.sort(
                Comparator.comparingLong(Entry::offset)
                        .thenComparingLong(Entry::size)
                        .thenComparing(Entry::name));
        long end = 0;
        for (Entry entry : inOrder) {
            if (entry.offset() != end) {
                String place = SafetensorsFile.tensor(entry.name()) + ", data_offsets";
                throw wrong(place, "data from byte " + end + " on", "from byte " + entry.offset());
            }
            end += entry.size();
        }
        if (end != dataSize) {
            throw wrong("data", end + " bytes as the header says", dataSize + " bytes");
        }
    }

    private void expect(JsonParser json, @Nullable JsonToken found, JsonToken wanted, String place)
            throws IOException {
        if (found != wanted) {
            String name =
                    switch (wanted) {
                        case START_OBJECT -> "an object";
                        case START_ARRAY -> "a list of numbers";
                        case VALUE_STRING -> "a string";
                        default -> "a whole number";
                    };
            throw wrong(place, name, describe(json));
        }
    }

    private static String describe(JsonParser json) throws IOException {
        String text = json.getText();
        return text == null ? "the end" : text;
    }

    private SafetensorsException wrong(String place, String expected, String found) {
        return new SafetensorsException(path, place, expected, found);
    }
}
