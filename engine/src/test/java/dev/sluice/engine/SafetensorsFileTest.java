package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.engine.SafetensorsFile.Entry;
import dev.sluice.engine.SafetensorsFile.Part;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** A file put together by hand, not by the code under test. */
    private Path file(String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + text.length + dataBytes);
        all.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
        for (int i = 0; i < dataBytes; i++) {
            all.put((byte) i);
        }
        Path path = folder.resolve("hand.safetensors");
        Files.write(path, all.array());
        return path;
    }

    @Test
    void a_file_made_by_hand_is_read_as_the_format_says() throws IOException {
        String header =
                "{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"ü\":{\"dtype\":\"I16\",\"shape\":[2,1],\"data_offsets\":[4,8]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                        + "\"none\":{\"dtype\":\"BOOL\",\"shape\":[3,0],\"data_offsets\":[8,8]}}   ";
        try (SafetensorsFile file = SafetensorsFile.open(file(header, 8))) {
            assertEquals(Map.of("format", "pt"), file.metadata());
            assertEquals(
                    List.of("a", "ü", "none"), file.entries().stream().map(Entry::name).toList());
            assertEquals(0x03020100, file.bytes("a").getInt());
            assertArrayEquals(new long[] {2, 1}, file.entry("ü").shape());
            assertEquals(0x0504, file.bytes("ü").getShort());
            assertEquals(0, file.bytes("none").remaining());
            ByteBuffer piece = ByteBuffer.allocate(2);
            file.read("ü", 1, piece);
            assertArrayEquals(new byte[] {5, 6}, piece.array());
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> file.read("ü", 3, ByteBuffer.allocate(2)));
            assertThrows(SafetensorsException.class, () -> file.bytes("b"));
        }
    }

    @Test
    void what_is_written_has_the_bytes_of_the_format_whatever_the_order_of_the_parts()
            throws IOException {
        List<Part> parts = new ArrayList<>();
        parts.add(Part.of("b", "U8", new long[] {3}, ByteBuffer.wrap(new byte[] {1, 2, 3})));
        parts.add(Part.of("c", "F32", new long[] {1}, ByteBuffer.wrap(new byte[] {4, 5, 6, 7})));
        parts.add(Part.of("a", "U8", new long[] {1}, ByteBuffer.wrap(new byte[] {8})));
        Path path = folder.resolve("w.safetensors");
        String header =
                "{\"__metadata__\":{\"k\":\"v\",\"z\":\"\"},"
                        + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[4,5]},"
                        + "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[5,8]},"
                        + "\"c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        int padded = (text.length + 7) / 8 * 8;
        ByteBuffer expected = ByteBuffer.allocate(16 + padded).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded).put(text);
        while (expected.position() < 8 + padded) {
            expected.put((byte) ' ');
        }
        expected.put(new byte[] {4, 5, 6, 7, 8, 1, 2, 3});
        for (int i = 0; i < 3; i++) {
            SafetensorsFile.write(path, parts, Map.of("z", "", "k", "v"));
            assertArrayEquals(expected.array(), Files.readAllBytes(path));
            Collections.rotate(parts, 1);
        }
        try (var listing = Files.list(folder)) {
            assertEquals(1, listing.count(), "no temporary file stays");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} x | character",
                "{'a':{'dtype':'F33','shape':[1],'data_offsets':[0,4]}} | dtype",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 8 bytes for F32 [2]",
                "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | shape",
                "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}} | shape",
                "{'a':{'dtype':'F32','shape':['1'],'data_offsets':[0,4]}} | shape",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,4]}} | data_offsets",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4]}} | data_offsets",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}} | data_offsets",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | data_offsets",
                "{'a':{'dtype':'F32','shape':[1]}} | two data_offsets",
                "{'a':{'dtype':'F32','dtype':'F32','shape':[1],'data_offsets':[0,4]}} | once",
                "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | 2^63",
                "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}} | 2^63",
                "{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'a':{'dtype':'U8','shape':[0],'data_offsets':[4,4]}} | twice",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[3],'data_offsets':[1,4]}} | from byte 2",
                "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | from byte 1",
                "{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}} | 4 bytes",
                "{'a':{'dtype':'U8','shape':[5],'data_offsets':[0,5]}} | 4 bytes",
                "{'a':{'dtype':'U8','shape':[4],'data_offsets':[9223372036854775803,9223372036854775807]}} | byte 0",
                "{'__metadata__':{'a':1}} | a string",
                "{'__metadata__':{'a':'1','a':'2'}} | twice",
                "{'__metadata__':{},'__metadata__':{}} | twice",
                "{'a':3} | an object",
                "{'a':{'dtype':'F32' | valid JSON",
                "[] | an object",
                "{} | 4 bytes",
            })
    void a_header_that_contradicts_itself_or_the_file_is_named_as_such(String header, String part)
            throws IOException {
        Path path = file(header.replace('\'', '"'), 4);
        SafetensorsException e = assertThrows(SafetensorsException.class, () -> openAndClose(path));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(path + ": "), message);
        assertTrue(message.contains(": expected ") && message.contains(", found "), message);
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-1", "9223372036854775807", "100000001", "17"})
    void an_absurd_header_length_is_refused_before_anything_is_read(long length)
            throws IOException {
        Path path = folder.resolve("absurd.safetensors");
        ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(path, bytes.putLong(length).array());
        SafetensorsException e = assertThrows(SafetensorsException.class, () -> openAndClose(path));
        assertTrue(String.valueOf(e.getMessage()).contains("header length"), e.getMessage());
    }

    @Test
    void missing_files_folders_and_short_files_are_bad_input() throws IOException {
        Path shortFile = Files.write(folder.resolve("short"), new byte[7]);
        for (Path path : List.of(folder, folder.resolve("missing"), shortFile)) {
            assertThrows(SafetensorsException.class, () -> openAndClose(path));
        }
    }

    @Test
    void names_with_control_characters_do_not_reach_the_terminal() throws IOException {
        Path path = file("{\"\\u001b[31m\":1}", 0);
        SafetensorsException e = assertThrows(SafetensorsException.class, () -> openAndClose(path));
        assertFalse(String.valueOf(e.getMessage()).contains("\u001b"));
    }

    @Test
    void a_file_cut_short_after_opening_is_reported_when_read() throws IOException {
        Path path = file("{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8);
        try (SafetensorsFile file = SafetensorsFile.open(path);
                RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
            cut.setLength(cut.length() - 3);
            SafetensorsException e =
                    assertThrows(SafetensorsException.class, () -> file.bytes("a"));
            assertTrue(String.valueOf(e.getMessage()).contains("3 bytes fewer"), e.getMessage());
        }
    }

    @Test
    void parts_that_contradict_themselves_leave_the_old_file_as_it_was() throws IOException {
        Path path = Files.write(folder.resolve("old"), new byte[] {42});
        ByteBuffer one = ByteBuffer.wrap(new byte[1]);
        List<List<Part>> wrong =
                List.of(
                        List.of(Part.of("a", "U8", new long[] {2}, one)),
                        List.of(Part.of("a", "U9", new long[] {1}, one)),
                        List.of(Part.of("a", "U8", new long[] {-1}, one)),
                        List.of(Part.of("__metadata__", "U8", new long[] {1}, one)),
                        List.of(Part.of("\ud800", "U8", new long[] {1}, one)),
                        List.of(Part.of("a", "F64", new long[] {Long.MAX_VALUE}, one)),
                        List.of(
                                Part.of("a", "U8", new long[] {1}, one),
                                Part.of("a", "U8", new long[] {1}, one)));
        for (List<Part> parts : wrong) {
            assertThrows(
                    SafetensorsException.class, () -> SafetensorsFile.write(path, parts, Map.of()));
        }
        assertArrayEquals(new byte[] {42}, Files.readAllBytes(path));
        try (var listing = Files.list(folder)) {
            assertEquals(1, listing.count());
        }
    }

    @Test
    void tensors_beyond_two_gibibytes_are_read_in_pieces() throws IOException {
        long size = (1L << 31) + 16;
        Path path =
                file(
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":["
                                + size
                                + "],\"data_offsets\":[0,"
                                + size
                                + "]}}",
                        0);
        long start = Files.size(path);
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(start + size);
            sparse.seek(start + size - 4);
            sparse.write(new byte[] {1, 2, 3, 4});
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThrows(SafetensorsException.class, () -> file.bytes("a"));
            ByteBuffer end = ByteBuffer.allocateDirect(4);
            file.read("a", size - 4, end);
            assertEquals(0x01020304, end.flip().getInt());
        }
    }

    private static void openAndClose(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertFalse(file.entries().isEmpty());
        }
    }
}
