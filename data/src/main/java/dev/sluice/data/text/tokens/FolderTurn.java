package dev.sluice.data.text.tokens;

import dev.sluice.data.ProgressListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The right to change a folder: one thread of one process has it at a time, the others wait. */
final class FolderTurn implements AutoCloseable {
    private static final long PAUSE_MILLIS = 50;

    private final FileChannel channel;

    private FolderTurn(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits for the turn; tells {@code listener} if it has to. */
    static FolderTurn take(Path folder, ProgressListener listener) {
        Path lock = folder.resolve(".lock");
        try {
            FileChannel channel =
                    FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                boolean told = false;
                while (tried(channel) == null) {
                    if (!told) {
                        listener.note("waiting for another process that prepares " + folder);
                        told = true;
                    }
                    Thread.sleep(PAUSE_MILLIS);
                }
                return new FolderTurn(channel);
            } catch (IOException | InterruptedException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("waiting for " + lock + " was interrupted");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + lock + ": " + e, e);
        }
    }

    private static @Nullable FileLock tried(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release a lock: " + e, e);
        }
    }
}
