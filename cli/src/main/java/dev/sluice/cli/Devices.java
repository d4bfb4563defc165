package dev.sluice.cli;

import dev.sluice.experiments.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Where to compute. */
final class Devices {
    private Devices() {}

    /** Refuses what is not a device (exit 2) and what this build has not (exit 4). */
    static void check(String device) {
        if (device.equals("cpu")) {
            return;
        }
        if (device.matches("cuda:\\d{1,3}")) {
            String problem = "no device " + device + ": this build computes on cpu";
            throw new UncheckedIOException(problem, new IOException(problem));
        }
        throw new UsageException("--device: expected cpu or cuda:N, found '" + device + "'");
    }
}
