package dev.sluice.studio;

import dev.sluice.engine.FileProblem;
import dev.sluice.training.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Starts, resumes and stops runs. Each run is a process of its own with the same command line as a
 * person would type, so whatever ends it, the studio goes on; and it goes on when the studio ends.
 */
final class RunProcesses {
    private static final String FOLDER_LINE = "run folder: ";
    private static final Pattern COST = Pattern.compile("\\d+ trainings? of ");
    private static final long PATIENCE_SECONDS = 120;
    private static final long BEGINNING_NANOS = 20_000_000_000L;
    private static final long LOOK_MILLIS = 40;
    private static final List<Integer> GOOD_ENDS = List.of(0, 130, 143);

    private final List<String> command;
    private final Map<String, String> environment;
    private final RunsFolder folder;
    private final Map<String, String> problems = new ConcurrentHashMap<>();

    /**
     * @param command what stands before the arguments on a command line of Sluice
     * @param environment of the processes, over our own
     */
    RunProcesses(List<String> command, Map<String, String> environment, RunsFolder folder) {
        this.command = List.copyOf(command);
        this.environment = environment;
        this.folder = folder;
    }

    /** Runs of ours that failed, whether or not they left a folder. */
    Set<String> failed() {
        return Set.copyOf(problems.keySet());
    }

    /** What a run's process said when it failed, if it was ours and did. */
    @Nullable String problem(String run) {
        return problems.get(run);
    }

    /**
     * Starts a run and returns its name as soon as its folder is there.
     *
     * @param arguments of {@code sluice run}
     * @throws RequestException with what the process said, if it ended before that
     */
    String start(List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(arguments);
        return launch(all, BEGINNING_NANOS);
    }

    /**
     * Goes on with a run that nobody trains.
     *
     * @throws RequestException if somebody does, or with what the process said if it could not
     */
    void resume(String run) {
        Path path = folder.run(run);
        if (trainer(path) != null) {
            throw RequestException.conflict("run " + run + " is in training already");
        }
        launch(List.of("resume", path.toString()), 0);
    }

    /**
     * Asks the process that trains a run, ours or not, to write a checkpoint and end.
     *
     * @throws RequestException if there is none
     */
    void stop(String run) {
        ProcessHandle trainer = trainer(folder.run(run));
        if (trainer == null || trainer.equals(ProcessHandle.current())) {
            throw RequestException.conflict("run " + run + " is not in training");
        }
        if (!trainer.destroy()) {
            throw RequestException.conflict("run " + run + " belongs to a process of another user");
        }
    }

    private static @Nullable ProcessHandle trainer(Path path) {
        try (RunFolder run = RunFolder.openToRead(path)) {
            return run.trainer().orElse(null);
        }
    }

    private String launch(List<String> arguments, long beginning) {
        List<String> all = new ArrayList<>(command);
        all.addAll(arguments);
        try {
            Path said = Files.createTempFile("sluice-studio-", ".log");
            ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
            builder.redirectOutput(said.toFile());
            builder.environment().putAll(environment);
            builder.environment().put("SLUICE_RUNS", folder.home().toString());
            Process process = builder.start();
            process.getOutputStream().close();
            String name = awaitFolder(process, said, beginning);
            problems.remove(name);
            var unused = process.onExit().thenAccept(ended -> ended(ended.exitValue(), name, said));
            return name;
        } catch (IOException e) {
            throw FileProblem.of("cannot start " + all.get(0), e);
        }
    }

    private void ended(int code, String name, Path said) {
        try {
            if (!GOOD_ENDS.contains(code)) {
                problems.put(name, lastWords(said));
            }
            Files.deleteIfExists(said);
        } catch (IOException e) {
            problems.put(name, "ended with exit code " + code);
        }
    }

    /**
     * Waits for the line that names the run's folder, and then for the one that says what the run
     * costs: then it begins.
     *
     * @param beginning nanoseconds to wait for that at most
     */
    private static String awaitFolder(Process process, Path said, long beginning)
            throws IOException {
        long start = System.nanoTime();
        long named = 0;
        try {
            while (named != 0
                    || System.nanoTime() - start < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                boolean ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                boolean failed = ended && !GOOD_ENDS.contains(process.exitValue());
                List<String> lines = lines(said);
                int at = folderLine(lines);
                named = at >= 0 && named == 0 ? System.nanoTime() : named;
                boolean begun =
                        lines.stream().anyMatch(line -> COST.matcher(line).lookingAt())
                                || System.nanoTime() - named > beginning;
                if (at >= 0 && !failed && (begun || ended)) {
                    Path run = Path.of(lines.get(at).substring(FOLDER_LINE.length()).strip());
                    return String.valueOf(run.getFileName());
                }
                if (ended) {
                    String words = lastWords(said);
                    Files.deleteIfExists(said);
                    throw RequestException.of(422, words);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroy();
        throw RequestException.of(503, "the run did not begin within two minutes");
    }

    private static int folderLine(List<String> lines) {
        return IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).startsWith(FOLDER_LINE))
                .findFirst()
                .orElse(-1);
    }

    /** What the command line has to say to its user, without its name; else the last line. */
    private static String lastWords(Path said) throws IOException {
        List<String> lines = lines(said);
        String last = "the process ended without a word";
        for (String line : lines) {
            if (line.startsWith("sluice: ") && !line.startsWith("sluice: see ")) {
                return line.substring("sluice: ".length());
            }
            last = line.isBlank() ? last : line;
        }
        return last;
    }

    private static List<String> lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    }
}
