package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A copy of the launcher in a folder of its own, with a search path that holds stand-ins for JDK,
 * Maven and package manager, so that a test decides what the machine seems to have. Nothing of it
 * reaches the network.
 */
final class LauncherSandbox {

    private static final List<String> TOOLS =
            List.of(
                    "awk",
                    "cat",
                    "cp",
                    "date",
                    "dirname",
                    "env",
                    "find",
                    "flock",
                    "grep",
                    "head",
                    "ln",
                    "mkdir",
                    "mv",
                    "readlink",
                    "rm",
                    "sed",
                    "sh",
                    "tail",
                    "touch",
                    "uname");

    /** What one start of the launcher left. */
    record Result(int exitCode, String out, String err) {}

    final Path root;
    final Path bin;
    final Path jdks;
    final Map<String, String> environment = new TreeMap<>();

    LauncherSandbox(Path folder) throws IOException {
        root = Files.createDirectories(folder.resolve("a clone"));
        bin = Files.createDirectories(folder.resolve("bin"));
        jdks = Files.createDirectories(folder.resolve("jdks"));
        Files.copy(projectRoot().resolve("sluice"), root.resolve("sluice"));
        Files.createDirectories(root.resolve("cli/src/main"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        for (String tool : TOOLS) {
            Files.createSymbolicLink(bin.resolve(tool), onRealPath(tool));
        }
        environment.put("PATH", bin.toString());
        environment.put("HOME", folder.toString());
        environment.put("SLUICE_JDK_FOLDERS", jdks.resolve("installed").toString());
        program("id", "echo 1000");
        program("sleep", "exec " + onRealPath("sleep") + " 0.1");
    }

    /** The root of the checkout that these tests belong to. */
    static Path projectRoot() {
        String module = System.getProperty("basedir", System.getProperty("user.dir"));
        return Path.of(module).toAbsolutePath().resolve("..").normalize();
    }

    private static Path onRealPath(String tool) {
        for (String folder :
                System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return Path.of(folder, tool);
            }
        }
        throw new IllegalStateException("the launcher needs " + tool);
    }

    /** Puts a shell script of this name on the search path. */
    void program(String name, String script) throws IOException {
        script(bin.resolve(name), script);
    }

    private static void script(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("not executable: " + file);
        }
    }

    /**
     * Makes a JDK whose `java` prints its arguments, one a line in angle brackets, and ends with
     * $FAKE_EXIT.
     */
    Path jdk(String folder, String version) throws IOException {
        Path home = jdks.resolve(folder);
        script(
                home.resolve("bin/java"),
                """
                case "$*" in *ArchiveClassesAtExit*) exit 0 ;; esac
                printf '<%s>\\n' "$@"
                echo "cwd=$PWD trim=$MALLOC_TRIM_THRESHOLD_ pages=$GLIBC_TUNABLES"
                exit "${FAKE_EXIT:-0}"
                """);
        script(home.resolve("bin/javac"), "exit 0");
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /**
     * Puts a Maven on the search path that notes each call and leaves the class path of a
     * successful build.
     */
    void maven() throws IOException {
        program(
                "mvn",
                """
                echo "$*" >>maven-calls
                sleep 1
                mkdir -p cli/launch/target/launch cli/target
                : >cli/target/own.jar
                : >../library.jar
                echo "$PWD/cli/target/own.jar:${PWD%/*}/library.jar" >cli/launch/target/launch/classpath
                """);
    }

    /** Puts a Maven on the search path that fails with this line in its log. */
    void failingMaven(String message) throws IOException {
        program("mvn", "echo '[ERROR] " + message + "'\nexit 1");
    }

    int mavenCalls() throws IOException {
        Path calls = root.resolve("maven-calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    Process begin(Path workingFolder, Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingFolder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectInput(new File("/dev/null"));
        return builder.start();
    }

    static Result end(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("the launcher hangs: " + err);
        }
        return new Result(process.exitValue(), out, err);
    }

    Result start(String... arguments) throws IOException, InterruptedException {
        return end(begin(root, root.resolve("sluice"), arguments));
    }
}
