package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.cli.LauncherSandbox.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LauncherTest {

    private LauncherSandbox sandbox;

    @BeforeEach
    void openSandbox(@TempDir Path folder) throws IOException {
        sandbox = new LauncherSandbox(folder.toRealPath());
    }

    private void machineWithJdk(String version) throws IOException {
        sandbox.environment.put("JAVA_HOME", sandbox.jdk("jdk", version).toString());
        sandbox.maven();
    }

    @Test
    void withoutJdkAndMavenItPrintsTheLineThatInstallsThem() throws Exception {
        sandbox.program("apt-get", "exit 1");
        sandbox.program("apt-cache", "[ \"$2\" = openjdk-17-jdk-headless ]");
        Result result = sandbox.start("--version");
        assertEquals(4, result.exitCode());
        assertEquals("", result.out());
        assertEquals(
                "sluice: a JDK (17 or newer) with Maven is missing; install with: sudo apt-get install -y"
                        + " --no-install-recommends openjdk-17-jdk-headless maven\n",
                result.err());
    }

    @Test
    void anOldJdkIsRefusedAndNamed() throws Exception {
        machineWithJdk("11.0.2");
        Result result = sandbox.start("--version");
        assertEquals(4, result.exitCode());
        assertTrue(
                result.err().contains("JDK 11 in " + sandbox.jdks.resolve("jdk") + " is too old"),
                result.err());
    }

    @Test
    void anOldJavaHomeGivesWayToANewerJdkInTheUsualFolders() throws Exception {
        machineWithJdk("1.8.0_392");
        sandbox.jdk("installed", "21.0.1");
        assertEquals(0, sandbox.start("--version").exitCode());
    }

    @Test
    void asRootItInstallsWhatIsMissingAndSaysSo() throws Exception {
        sandbox.program("id", "echo 0");
        sandbox.program("apt-cache", "[ \"$2\" = openjdk-21-jdk-headless ]");
        sandbox.maven();
        Path ready = sandbox.jdk("ready", "21.0.1");
        sandbox.program(
                "apt-get",
                "[ \"$1\" = update ] || mv '"
                        + ready
                        + "' '"
                        + sandbox.jdks.resolve("installed")
                        + "'");
        Result result = sandbox.start("list");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(
                result.err()
                        .contains("install -y --no-install-recommends openjdk-21-jdk-headless\n"),
                result.err());
        assertTrue(result.out().contains("<list>\n"), result.out());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 5, 130})
    void theExitCodeOfTheCommandIsTheExitCodeOfTheLauncher(int code) throws Exception {
        machineWithJdk("17.0.1");
        sandbox.environment.put("FAKE_EXIT", Integer.toString(code));
        assertEquals(code, sandbox.start("run").exitCode());
    }

    @Test
    void argumentsReachTheCommandUnchangedFromAnyFolderAndThroughASymlink() throws Exception {
        machineWithJdk("17.0.1");
        Path elsewhere = Files.createDirectories(sandbox.jdks.resolve("else where"));
        Path link =
                Files.createSymbolicLink(elsewhere.resolve("link"), sandbox.root.resolve("sluice"));
        Path relative = Files.createSymbolicLink(elsewhere.resolve("second"), Path.of("link"));
        String[] arguments = {"run", "", "two words", "*", "a\"b'c", "--set", "lr=1e-3"};
        for (Path launcher : List.of(link, relative)) {
            Result result = LauncherSandbox.end(sandbox.begin(elsewhere, launcher, arguments));
            String tail = String.join(">\n<", arguments);
            assertTrue(
                    result.out().contains("<dev.sluice.cli.Main>\n<" + tail + ">\n"), result.out());
            assertTrue(result.out().contains("cwd=" + elsewhere + " "), result.out());
        }
    }

    @Test
    void laterStartsDoNotTouchMavenUntilASourceChanges() throws Exception {
        machineWithJdk("17.0.1");
        assertTrue(sandbox.start().err().contains("270 MB"));
        Result second = sandbox.start();
        assertEquals("", second.err());
        assertEquals(1, sandbox.mavenCalls());
        Path source = Files.writeString(sandbox.root.resolve("cli/src/main/New.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
        assertTrue(sandbox.start().err().contains("sources changed"));
        assertEquals(2, sandbox.mavenCalls());
    }

    @Test
    void aMovedCloneBuildsAgain() throws Exception {
        machineWithJdk("17.0.1");
        sandbox.start();
        Path moved = Files.move(sandbox.root, sandbox.root.resolveSibling("moved"));
        Result result = LauncherSandbox.end(sandbox.begin(moved, moved.resolve("sluice")));
        assertTrue(result.out().contains(moved + "/.sluice/app-"), result.out());
    }

    @Test
    void theClassPathSurvivesACleanBuildFolderAndLosesUnusedBuilds() throws Exception {
        machineWithJdk("17.0.1");
        sandbox.start();
        Files.delete(sandbox.root.resolve("cli/target/own.jar"));
        Files.delete(sandbox.root.resolveSibling("library.jar"));
        assertEquals("", sandbox.start().err());
        Files.delete(sandbox.root.resolve(".sluice/current"));
        sandbox.start();
        try (Stream<Path> builds = Files.list(sandbox.root.resolve(".sluice"))) {
            assertEquals(
                    1,
                    builds.filter(build -> build.getFileName().toString().startsWith("app-"))
                            .count());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoFirstStartsAtOnceBuildOnce(boolean flock) throws Exception {
        machineWithJdk("17.0.1");
        if (!flock) {
            Files.delete(sandbox.bin.resolve("flock"));
        }
        Process first = sandbox.begin(sandbox.root, sandbox.root.resolve("sluice"), "one");
        Process second = sandbox.begin(sandbox.root, sandbox.root.resolve("sluice"), "two");
        Result one = LauncherSandbox.end(first);
        Result two = LauncherSandbox.end(second);
        assertTrue(one.out().contains("<one>"), one.err());
        assertTrue(two.out().contains("<two>"), two.err());
        assertEquals(1, sandbox.mavenCalls());
    }

    @Test
    void aLockLeftByADeadProcessIsTaken() throws Exception {
        machineWithJdk("17.0.1");
        Files.delete(sandbox.bin.resolve("flock"));
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(sandbox.root.resolve(".sluice/lock.d"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        assertEquals(0, sandbox.start().exitCode());
        assertFalse(Files.exists(lock));
    }

    @ParameterizedTest
    @CsvSource({
        "cannot find symbol,1,build failed",
        "Unknown host repo.example,7,offline",
        "Could not transfer artifact,7,offline",
        "PKIX path building failed: Could not transfer artifact,7,certificate",
        "No space left on device,4,disk is full",
        "Permission denied,4,no permission",
    })
    void aFailedBuildEndsWithOneErrorThatNamesTheLog(String cause, int code, String message)
            throws Exception {
        machineWithJdk("17.0.1");
        sandbox.failingMaven(cause);
        Result result = sandbox.start("--help");
        assertEquals(code, result.exitCode(), result.err());
        assertTrue(result.err().contains(message), result.err());
        assertTrue(result.err().contains(sandbox.root + "/.sluice/build.log"), result.err());
        assertFalse(Files.exists(sandbox.root.resolve(".sluice/current")));
    }

    @Test
    void freedMemoryIsKeptForTheNextStepUnlessTheUserSaysOtherwise() throws Exception {
        machineWithJdk("17.0.1");
        String tuned = "trim=4294967296 pages=glibc.malloc.hugetlb=1";
        String out = sandbox.start().out();
        assertTrue(out.contains(tuned), out);
        sandbox.environment.put("MALLOC_TRIM_THRESHOLD_", "131072");
        sandbox.environment.put("GLIBC_TUNABLES", "glibc.malloc.check=3");
        out = sandbox.start().out();
        assertTrue(out.contains("trim=131072 pages=glibc.malloc.check=3"), out);
        sandbox.environment.put("GLIBC_TUNABLES", "");
        out = sandbox.start().out();
        assertTrue(out.contains("trim=131072 pages=\n"), out);
    }

    @ParameterizedTest
    @CsvSource({"17.0.15,false,false", "21,false,false", "22.0.1,true,false", "25-ea,true,true"})
    void flagsThatOldJdksDoNotKnowAreKeptFromThem(
            String version, boolean nativeAccess, boolean unsafe) throws Exception {
        machineWithJdk(version);
        String out = sandbox.start().out();
        assertEquals(nativeAccess, out.contains("<--enable-native-access=ALL-UNNAMED>"), out);
        assertEquals(unsafe, out.contains("<--sun-misc-unsafe-memory-access=allow>"), out);
    }

    @Test
    void theAnnouncedSizeIsTheSizeOfTheNativesOnThisClassPath() throws Exception {
        long bytes = 0;
        Pattern natives = Pattern.compile("/org/bytedeco/.*-linux-x86_64\\.jar$");
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            bytes += natives.matcher(entry).find() ? Files.size(Path.of(entry)) : 0;
            Matcher presets = Pattern.compile("(.*/org/bytedeco)/openblas/.*").matcher(entry);
            if (presets.matches() && natives.matcher(entry).find()) {
                bytes += size(Path.of(presets.group(1), "mkl"), "-linux-x86_64-redist.jar");
            }
        }
        String launcher = Files.readString(LauncherSandbox.projectRoot().resolve("sluice"));
        Matcher announced =
                Pattern.compile("platform=linux-x86_64 native_megabytes=(\\d+)").matcher(launcher);
        assertTrue(announced.find());
        assertEquals(bytes / 1e6, Double.parseDouble(announced.group(1)), 5.0);
    }

    /**
     * The size of the file with this ending in the folder of the version that the root pom names.
     */
    private static long size(Path versions, String ending) throws Exception {
        String pom = Files.readString(LauncherSandbox.projectRoot().resolve("pom.xml"));
        Matcher version = Pattern.compile("<mkl.version>(.+)</mkl.version>").matcher(pom);
        assertTrue(version.find());
        Path folder = versions.resolve(version.group(1));
        return Files.size(folder.resolve("mkl-" + version.group(1) + ending));
    }

    @Test
    void theTestCommandEndsWithTheCountsAndTheExitCodeOfMaven() throws Exception {
        machineWithJdk("17.0.1");
        sandbox.program(
                "mvn",
                """
                echo "maven: $*"
                mkdir -p cli/target/surefire-reports data/target/surefire-reports/again
                echo '<testsuite name="A" tests="5" errors="0" skipped="1" failures="2">' \\
                    >cli/target/surefire-reports/TEST-A.xml
                echo '<testsuite name="B" tests="7" errors="1" skipped="0" failures="0">' \\
                    >data/target/surefire-reports/again/TEST-B.xml
                exit 1
                """);
        Path stale = sandbox.root.resolve("report/target/surefire-reports/TEST-C.xml");
        Files.createDirectories(stale.getParent());
        Files.writeString(
                stale,
                "<testsuite name=\"C\" tests=\"100\" errors=\"0\" skipped=\"0\" failures=\"0\">");
        Files.setLastModifiedTime(stale, FileTime.fromMillis(0));
        Result result = sandbox.start("test", "-Dgroups=golden");
        assertEquals(1, result.exitCode());
        assertTrue(result.out().contains(" verify -Dgroups=golden\n"), result.out());
        assertTrue(
                result.out()
                        .endsWith(
                                "sluice test: 12 tests in 2 classes, 2 failures, 1 errors, 1 skipped\n"),
                result.out());
    }
}
