package dev.sluice.engine.fuzz;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Executable;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The process that is fuzzed: {@code FOLDER FIRST_SEED SEEDS}. Writes the seed it is at to {@code
 * FOLDER/seed}, which survives a crash; exits 1 and prints the seed when a call ends otherwise than
 * documented, 2 when a long run never called a method, or had no result of more than one in twenty.
 */
final class FuzzMain {
    private FuzzMain() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        long first = Long.parseLong(args[1]);
        long seeds = Long.parseLong(args[2]);
        EngineApi api = new EngineApi();
        Map<Executable, int[]> tally = new HashMap<>();
        int problems = 0;
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve("seed").toFile(), "rw")) {
            MappedByteBuffer at = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 8);
            for (long seed = first; seed < first + seeds && problems < 10; seed++) {
                at.putLong(0, seed);
                String problem = new FuzzSeed(seed, api, folder, tally, seeds == 1).run();
                if (problem != null) {
                    problems++;
                    System.out.println("seed " + seed + ": " + problem);
                }
            }
        }
        System.exit(problems > 0 ? 1 : seeds >= 1000 && !covered(api, tally) ? 2 : 0);
    }

    /** Whether every method was called and nearly every one had a result at least once. */
    private static boolean covered(EngineApi api, Map<Executable, int[]> tally) {
        long calls = 0;
        long results = 0;
        int uncalled = 0;
        int fruitless = 0;
        for (Executable e : api.executables()) {
            int[] counts = tally.getOrDefault(e, new int[2]);
            calls += counts[0];
            results += counts[1];
            uncalled += counts[0] == 0 ? 1 : 0;
            fruitless += counts[1] == 0 ? 1 : 0;
            if (counts[1] == 0) {
                System.out.println(counts[0] + " calls and no result of " + e);
            }
        }
        int methods = api.executables().size();
        System.out.println(calls + " calls of " + methods + " methods, " + results + " results");
        return uncalled == 0 && fruitless <= methods / 20;
    }
}
