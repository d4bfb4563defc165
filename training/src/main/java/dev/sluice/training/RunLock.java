package dev.sluice.training;

import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive lock on a run's folder. The system gives it up when its process ends, however it
 * ends; the file stays, and holds the process id of its last owner.
 */
record RunLock(Path path, FileChannel channel) implements AutoCloseable {
    static final String FILE = ".lock";

    /** Gives up the lock. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileProblem.of("cannot unlock " + path, e);
        }
    }

    /** Takes the lock or throws a RunException that names who has it. */
    static RunLock take(Path path) {
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            path.resolve(FILE),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse(path, owner(channel));
            }
            byte[] pid =
                    Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
            channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
            return new RunLock(path, channel);
        } catch (OverlappingFileLockException e) {
            closeAfter(channel, e);
            throw inUse(path, "this process");
        } catch (RunException e) {
            closeAfter(channel, e);
            throw e;
        } catch (IOException e) {
            closeAfter(channel, e);
            throw FileProblem.of("cannot lock " + path, e);
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        return "process " + StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
    }

    private static RunException inUse(Path path, String owner) {
        return new RunException(path, "folder", "a run that nobody is training", owner + " at it");
    }

    private static void closeAfter(@Nullable FileChannel channel, Exception reason) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
