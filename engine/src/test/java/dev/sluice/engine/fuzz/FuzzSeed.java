package dev.sluice.engine.fuzz;

import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorException;
import dev.sluice.engine.TensorScope;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The calls of one seed, on operands of their own; everything they opened is closed after them. */
final class FuzzSeed {
    static final int CALLS = 10;

    private final EngineApi api;
    private final FuzzValues values;
    private final Map<Executable, int[]> tally;
    private final boolean verbose;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    FuzzSeed(long seed, EngineApi api, Path folder, Map<Executable, int[]> tally, boolean verbose) {
        this.api = api;
        this.values = new FuzzValues(Rng.of(seed, "fuzz"), api, folder, opened);
        this.tally = tally;
        this.verbose = verbose;
    }

    /** Runs the calls; what went wrong, or null. */
    @Nullable String run() {
        try (TensorScope scope = TensorScope.open()) {
            values.fill();
            String problem = null;
            for (int i = 0; i < CALLS && problem == null; i++) {
                problem = call();
            }
            String atEnd = closeAll(opened);
            return problem == null ? atEnd : problem;
        }
    }

    private static @Nullable String closeAll(Deque<AutoCloseable> opened) {
        while (!opened.isEmpty()) {
            AutoCloseable last = opened.pop();
            try {
                last.close();
            } catch (Exception e) {
                if (!(e instanceof TensorException)) {
                    return "closing " + last.getClass() + ": " + trace(e);
                }
            }
        }
        return null;
    }

    private @Nullable String call() {
        Executable e;
        Object receiver;
        boolean needed;
        do {
            e = values.pick(api.executables());
            needed = EngineApi.needsReceiver(e);
            receiver = needed ? values.receiver(e.getDeclaringClass()) : null;
        } while (needed && receiver == null);
        @Nullable Object[] arguments = values.arguments(e);
        boolean gaveNull = values.takeGaveNull();
        boolean foreign = values.chance(0.05);
        String what = FuzzCall.describe(e, receiver, arguments) + (foreign ? ", foreign" : "");
        if (verbose) {
            System.out.println(what);
        }
        int[] counts = tally.computeIfAbsent(e, k -> new int[2]);
        counts[0]++;
        Outcome outcome =
                foreign
                        ? onOtherThread(e, receiver, arguments)
                        : here(e, receiver, arguments, opened);
        counts[1] += outcome.problem == null ? 1 : 0;
        if (outcome.problem == null) {
            return null;
        }
        Throwable t = outcome.problem;
        if (verbose) {
            System.out.println("    " + t);
        }
        return FuzzCall.documented(e, t, gaveNull) ? null : what + " ended in " + trace(t);
    }

    private record Outcome(@Nullable Throwable problem) {}

    private Outcome here(
            Executable e,
            @Nullable Object receiver,
            @Nullable Object[] arguments,
            Deque<AutoCloseable> opened) {
        try {
            Object result = FuzzCall.invoke(e, receiver, arguments);
            if (result instanceof Tensor t) {
                take(t);
            } else if (result instanceof AutoCloseable c) {
                opened.push(c);
                values.add(c);
            } else if (result instanceof Map<?, ?>
                    || (result != null && result.getClass().getName().startsWith(EngineApi.ROOT))) {
                values.add(result);
            }
            return new Outcome(null);
        } catch (InvocationTargetException x) {
            return new Outcome(x.getCause());
        }
    }

    /** Reads every byte of a small result, so that memory that is not its own shows. */
    private void take(Tensor t) {
        if (!t.isClosed() && t.count() <= 1 << 12 && t.rank() <= 12) {
            t.bytes();
            values.add(t);
        }
    }

    private Outcome onOtherThread(
            Executable e, @Nullable Object receiver, @Nullable Object[] arguments) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Deque<AutoCloseable> openedThere = new ArrayDeque<>();
        new Thread(
                        () -> {
                            try {
                                Outcome o = here(e, receiver, arguments, openedThere);
                                String problem = closeAll(openedThere);
                                outcome.complete(
                                        problem == null
                                                ? o
                                                : new Outcome(new IllegalStateException(problem)));
                            } catch (Throwable t) {
                                outcome.completeExceptionally(t);
                            }
                        },
                        "foreign")
                .start();
        return outcome.join();
    }

    static String trace(Throwable t) {
        StringBuilder out = new StringBuilder(t.toString());
        for (StackTraceElement frame : t.getStackTrace()) {
            out.append("\n    at ").append(frame);
        }
        if (t.getCause() != null) {
            out.append("\n  caused by ").append(trace(t.getCause()));
        }
        return out.toString();
    }
}
