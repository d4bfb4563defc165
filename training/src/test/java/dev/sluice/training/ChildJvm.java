package dev.sluice.training;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts a class of the tests in a JVM of its own, to be killed, signalled or locked out. */
final class ChildJvm {
    private ChildJvm() {}

    /** Standard output can be read; standard error goes to that of the tests. */
    static Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        // A shell may have started the tests with SIGINT ignored, and children inherit that.
        command.addAll(List.of("env", "--default-signal=INT"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    }

    /** What the child wrote until it ended, as lines; the last may be torn. */
    static List<String> lines(Process child) throws IOException {
        byte[] all = child.getInputStream().readAllBytes();
        return new String(all, StandardCharsets.UTF_8).lines().toList();
    }
}
