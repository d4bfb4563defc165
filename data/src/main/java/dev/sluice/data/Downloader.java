package dev.sluice.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fetches a file from the first mirror that has it intact. What has arrived stays in {@code
 * NAME.part} and is continued by the next try or the next start; the final name appears only after
 * the checksum is right. A transfer that stalls counts as broken. Two processes that want the same
 * file take turns.
 */
final class Downloader {
    private static final int TRIES_WITHOUT_PROGRESS = 3;
    private static final int NO_SUCH_RANGE = 416;
    private static final int BUFFER = 1 << 16;

    private final Duration connect;
    private final Duration stall;
    private final Duration pause;

    /** Time limits for connecting and between two reads, and the pause before a new try. */
    Downloader(Duration connect, Duration stall, Duration pause) {
        this.connect = connect;
        this.stall = stall;
        this.pause = pause;
    }

    /** What keeps a mirror from delivering; {@code hopeless}: trying again there is no use. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;
        final boolean hopeless;

        Broken(String message, boolean hopeless) {
            super(message);
            this.hopeless = hopeless;
        }
    }

    /**
     * Puts {@code file} into {@code folder}, unless it is there.
     *
     * @return what failed at each mirror, where none delivered; else empty
     * @throws UncheckedIOException if the folder cannot be written
     */
    List<String> fetch(
            KnownSet.RemoteFile file, List<URI> mirrors, Path folder, ProgressListener listener) {
        Path target = folder.resolve(file.name());
        Path part = folder.resolve(file.name() + ".part");
        List<String> failures = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            try (FileChannel turn = open(folder.resolve(".lock"))) {
                turn.lock();
                for (URI mirror : mirrors) {
                    if (Files.exists(target)) {
                        return List.of();
                    }
                    Optional<String> failure = fromMirror(mirror, file, part, listener);
                    if (failure.isEmpty()) {
                        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
                    } else {
                        failures.add(mirror + ": " + failure.get());
                        listener.note(file.name() + " from " + mirror + ": " + failure.get());
                    }
                }
            }
            return Files.exists(target) ? List.of() : failures;
        } catch (IOException e) {
            throw new UncheckedIOException("writing to " + folder + ": " + e, e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Fills {@code part} until it is complete and right; the reason, if it cannot. */
    private Optional<String> fromMirror(
            URI mirror, KnownSet.RemoteFile file, Path part, ProgressListener listener)
            throws IOException {
        String reason = "no answer";
        long best = length(part);
        for (int idle = 0; idle < TRIES_WITHOUT_PROGRESS; idle++) {
            boolean fresh = length(part) == 0;
            try {
                if (length(part) < file.size()) {
                    transfer(mirror.resolve(file.name()), file, part, listener);
                }
                verify(file, part, fresh);
                return Optional.empty();
            } catch (Broken e) {
                reason = String.valueOf(e.getMessage());
                if (e.hopeless) {
                    break;
                }
            }
            if (length(part) > best) {
                best = length(part);
                idle = 0;
            }
            pause();
        }
        return Optional.of(reason);
    }

    private static long length(Path part) throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    /** Continues {@code part} where the server can, else starts it again. */
    private void transfer(URI uri, KnownSet.RemoteFile file, Path part, ProgressListener listener)
            throws IOException, Broken {
        long offset = length(part);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout((int) connect.toMillis());
        connection.setReadTimeout((int) stall.toMillis());
        connection.setRequestProperty("User-Agent", "sluice");
        if (offset > 0) {
            connection.setRequestProperty("Range", "bytes=" + offset + "-");
        }
        try {
            long start = start(connection, offset, file, part);
            try (FileChannel out = open(part)) {
                out.truncate(start).position(start);
                copy(connection, out, file, listener);
                out.force(true);
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Where the server's answer begins: at {@code offset}, or at 0 if it sends the whole file. */
    private static long start(
            HttpURLConnection connection, long offset, KnownSet.RemoteFile file, Path part)
            throws IOException, Broken {
        int status = status(connection);
        if (status == HttpURLConnection.HTTP_PARTIAL) {
            String range = String.valueOf(connection.getHeaderField("Content-Range"));
            if (range.startsWith("bytes " + offset + "-")) {
                return offset;
            }
            Files.delete(part);
            throw new Broken("continues at the wrong place: " + range, false);
        }
        if (status == NO_SUCH_RANGE) {
            Files.deleteIfExists(part);
            throw new Broken("has less than the " + offset + " bytes already here", false);
        }
        if (status != HttpURLConnection.HTTP_OK) {
            throw new Broken("HTTP status " + status, status < 500);
        }
        long length = connection.getContentLengthLong();
        if (length >= 0 && length != file.size()) {
            throw new Broken("offers " + length + " bytes, expected " + file.size(), true);
        }
        return 0;
    }

    private static int status(HttpURLConnection connection) throws Broken {
        try {
            return connection.getResponseCode();
        } catch (IOException e) {
            throw new Broken(reason(e), e instanceof UnknownHostException);
        }
    }

    private static void copy(
            HttpURLConnection connection,
            FileChannel out,
            KnownSet.RemoteFile file,
            ProgressListener listener)
            throws IOException, Broken {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = body(connection)) {
            listener.progress(file.name(), out.position(), file.size());
            while (out.position() <= file.size()) {
                int read = read(in, buffer);
                if (read < 0) {
                    return;
                }
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                listener.progress(file.name(), Math.min(out.position(), file.size()), file.size());
            }
        }
    }

    private static InputStream body(HttpURLConnection connection) throws Broken {
        try {
            return connection.getInputStream();
        } catch (IOException e) {
            throw new Broken(reason(e), false);
        }
    }

    private static int read(InputStream in, byte[] buffer) throws Broken {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new Broken("broken off: " + reason(e), false);
        }
    }

    /**
     * Lets a right and complete part pass; one that can no longer become right is deleted. Only
     * where all of it is {@code fresh} from this mirror is the mirror to blame.
     */
    private static void verify(KnownSet.RemoteFile file, Path part, boolean fresh)
            throws IOException, Broken {
        long size = length(part);
        if (size < file.size()) {
            throw new Broken("broken off after " + size + " of " + file.size() + " bytes", false);
        }
        MessageDigest digest = Sha256.digest();
        try (InputStream in = Files.newInputStream(part)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        String sha256 = Sha256.hex(digest.digest());
        if (size > file.size() || !sha256.equals(file.sha256())) {
            Files.delete(part);
            throw new Broken(
                    size > file.size()
                            ? "more than the " + file.size() + " bytes of the file"
                            : "wrong checksum " + sha256 + ", expected " + file.sha256(),
                    fresh);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "no such host or no network";
        }
        if (e instanceof SocketTimeoutException) {
            return "no answer in time";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
