package dev.sluice.data.text.corpus;

import dev.sluice.data.DataException;
import dev.sluice.engine.FileProblem;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A file as a stream of characters: strict UTF-8, plain or gzip, a byte order mark left out. */
final class Utf8Source implements AutoCloseable {
    private static final int BLOCK = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f8b;

    private final Path file;
    private final Counted raw;
    private final InputStream in;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BLOCK).limit(0);
    private final CharBuffer chars = CharBuffer.allocate(BLOCK);
    private long line = 1;
    private boolean begun;
    private boolean atEnd;

    Utf8Source(Path file) {
        this(file, opened(file));
    }

    /** {@code file} is what messages call {@code bytes}. */
    Utf8Source(Path file, InputStream bytes) {
        this.file = file;
        raw = new Counted(bytes);
        try {
            in = unpacked(raw);
        } catch (IOException e) {
            RuntimeException problem = problem(e);
            try (raw) {
                throw problem;
            } catch (IOException closing) {
                problem.addSuppressed(closing);
                throw problem;
            }
        }
    }

    private static InputStream opened(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw new DataException(file, "file", "a text file", FileProblem.missing(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e, e);
        }
    }

    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int n = super.read(to, offset, length);
            count += Math.max(n, 0);
            return n;
        }
    }

    private static InputStream unpacked(InputStream raw) throws IOException {
        BufferedInputStream start = new BufferedInputStream(raw, BLOCK);
        start.mark(2);
        int magic = start.read() << 8 | start.read();
        start.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(start, BLOCK) : start;
    }

    /** Bytes of the file read so far. */
    long done() {
        return raw.count;
    }

    /**
     * Appends the next characters to {@code text}.
     *
     * @return false at the end
     * @throws DataException naming the line of what is no UTF-8, or of a broken end
     */
    boolean read(StringBuilder text) {
        if (atEnd) {
            return false;
        }
        try {
            chars.clear();
            CoderResult result = decode();
            chars.flip();
            if (!begun && chars.hasRemaining()) {
                begun = true;
                if (chars.get(0) == '\uFEFF') {
                    chars.get();
                }
            }
            count();
            text.append(chars);
            if (result.isError()) {
                throw malformed();
            }
            return true;
        } catch (IOException e) {
            throw problem(e);
        }
    }

    private CoderResult decode() throws IOException {
        bytes.compact();
        int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
        bytes.position(bytes.position() + Math.max(n, 0)).flip();
        atEnd = n < 0;
        return decoder.decode(bytes, chars, atEnd);
    }

    private void count() {
        for (int i = chars.position(); i < chars.limit(); i++) {
            if (chars.get(i) == '\n') {
                line++;
            }
        }
    }

    private DataException malformed() {
        String found = "byte 0x" + HexFormat.of().withUpperCase().toHexDigits(bytes.get());
        return new DataException(file, "line " + line, "UTF-8 text", found);
    }

    private RuntimeException problem(IOException e) {
        if (e instanceof ZipException || e instanceof EOFException) {
            return new DataException(
                    file, "line " + line, "a complete gzip file", String.valueOf(e.getMessage()));
        }
        return new UncheckedIOException("cannot read " + file + ": " + e, e);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + file + ": " + e, e);
        }
    }
}
