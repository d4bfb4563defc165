package dev.sluice.training;

import dev.sluice.engine.FileProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exclusive lock on a run's folder. The system gives it up when its process ends, however it
 * ends; the file stays, and holds its owner's process id, the last one's if that was killed.
 */
final class RunLock implements AutoCloseable {
    static final String FILE = ".lock";

    /** The system tells when a process began to this precision. */
    private static final Duration START_PRECISION = Duration.ofSeconds(2);

    /**
     * What this process holds. POSIX gives up a process's lock when the process closes any channel
     * to the file, so a second attempt must not even open it; only the process as a whole can know.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private RunLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes the lock on {@code path}.
     *
     * @throws RunException naming who has it
     */
    static RunLock take(Path path) {
        try {
            Path folder = path.toRealPath();
            if (!HELD.add(folder)) {
                throw inUse(path, "this process");
            }
            RunLock lock = null;
            try {
                lock = locked(path, folder);
                return lock;
            } finally {
                if (lock == null) {
                    HELD.remove(folder);
                }
            }
        } catch (IOException e) {
            throw FileProblem.of("cannot lock " + path, e);
        }
    }

    /**
     * The process that holds the lock, found without touching it: the one whose number stands in
     * the file, if it lives and began before that was written (numbers are used again).
     */
    static Optional<ProcessHandle> holder(Path path) {
        Path file = path.resolve(FILE);
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
            Instant written = Files.getLastModifiedTime(file).toInstant().plus(START_PRECISION);
            return (pid.matches("\\d{1,18}")
                            ? ProcessHandle.of(Long.parseLong(pid))
                            : Optional.<ProcessHandle>empty())
                    .filter(ProcessHandle::isAlive)
                    .filter(p -> p.info().startInstant().map(written::isAfter).orElse(true))
                    .filter(p -> !p.equals(ProcessHandle.current()) || holds(path));
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + file, e);
        }
    }

    private static boolean holds(Path path) {
        try {
            return HELD.contains(path.toRealPath());
        } catch (IOException e) {
            throw FileProblem.of("cannot find " + path, e);
        }
    }

    /** Gives up the lock, its owner's number first, so that nobody takes us for a trainer still. */
    @Override
    public void close() {
        try (channel) {
            channel.truncate(0);
        } catch (IOException e) {
            throw FileProblem.of("cannot unlock " + folder, e);
        } finally {
            HELD.remove(folder);
        }
    }

    private static RunLock locked(Path path, Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        RunLock lock = null;
        try {
            if (channel.tryLock() == null) {
                throw inUse(path, owner(channel));
            }
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.truncate(0).write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            lock = new RunLock(folder, channel);
            return lock;
        } finally {
            if (lock == null) {
                channel.close();
            }
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
}
