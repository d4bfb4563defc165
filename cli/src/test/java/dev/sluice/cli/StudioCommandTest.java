package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice studio} from the terminal's side. */
final class StudioCommandTest {
    @TempDir Path folder = Path.of("");

    @Test
    void theAddressIsTheOneLineAndCtrlCEndsIt() throws IOException, InterruptedException {
        String runs = folder.resolve("runs").toString();
        try (SluiceProcess studio =
                SluiceProcess.start(
                        folder, Map.of(), List.of(), "studio", "--port", "0", "--runs", runs)) {
            studio.await(() -> studio.output().endsWith("\n"));
            studio.signal("INT");
            Invocation ended = studio.finish().exits(130);
            assertTrue(ended.out().matches("http://127\\.0\\.0\\.1:\\d+/\n"), ended.out());
            assertTrue(ended.err().isEmpty(), ended.err());
        }
    }

    @Test
    void aTakenPortIsTheSystemsNo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Invocation.of("studio", "--port", port, "--runs", folder.toString())
                    .exits(ExitCodes.SYSTEM)
                    .errs("port " + port);
        }
    }

    @Test
    void aPortThatIsNoneIsWrongUsage() {
        Invocation.of("studio", "--port", "70000").exits(ExitCodes.USAGE).errs("65535");
    }
}
