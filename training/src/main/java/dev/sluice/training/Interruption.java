package dev.sluice.training;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Turns Ctrl-C (SIGINT) and terminate (SIGTERM) into a request to stop. A training loop asks {@link
 * #requested} after every step and, if so, writes a checkpoint and ends; the process then exits
 * with {@link #exitCode}, 130 or 143. A second signal ends the process at once, without a
 * checkpoint.
 *
 * <p>The JDK hides its signal API from compilers, so it is called by reflection. A shutdown hook
 * would not do: it cannot see a second signal. Where the API is missing or the signals are not ours
 * to take (a JVM started with {@code -Xrs}, a signal ignored by {@code nohup}), nothing changes:
 * the process then ends as it would without this class, and continues from the last checkpoint.
 */
public final class Interruption implements AutoCloseable {
    private static final Map<String, Integer> EXIT_CODES = Map.of("INT", 130, "TERM", 143);

    private final AtomicInteger exitCode = new AtomicInteger();
    private final Consumer<String> say;
    private final List<AutoCloseable> restore = new ArrayList<>();

    private Interruption(Consumer<String> say) {
        this.say = say;
    }

    /**
     * One that no signal reaches, only {@link #request}: for embedders with signals of their own.
     */
    public static Interruption withoutSignals() {
        return new Interruption(message -> {});
    }

    /**
     * One that listens to signals until it is closed; {@code say} gets the line to show when the
     * first arrives, on a thread of the JVM.
     */
    public static Interruption bySignals(Consumer<String> say) {
        Interruption interruption = new Interruption(say);
        EXIT_CODES.forEach(interruption::listen);
        return interruption;
    }

    /** Whether to stop after this step. */
    public boolean requested() {
        return exitCode.get() != 0;
    }

    /** 130 or 143 if a signal asked to stop, what {@link #request} was given, else 0. */
    public int exitCode() {
        return exitCode.get();
    }

    /**
     * Asks to stop, as a signal would; the first request stays.
     *
     * @throws IllegalArgumentException if {@code code} is not a failure's exit code, 1 to 255
     */
    public void request(int code) {
        if (code < 1 || code > 255) {
            throw new IllegalArgumentException("exit code: expected 1 to 255, found " + code);
        }
        exitCode.compareAndSet(0, code);
    }

    /** Gives the signals back to whoever had them before. */
    @Override
    public void close() {
        for (AutoCloseable former : restore) {
            try {
                former.close();
            } catch (Exception e) {
                throw new IllegalStateException("a signal cannot be given back", e);
            }
        }
        restore.clear();
    }

    private void received(int code) {
        if (exitCode.compareAndSet(0, code)) {
            say.accept("stopping after this step with a checkpoint; once more to end at once");
        } else {
            Runtime.getRuntime().halt(code);
        }
    }

    private void listen(String name, int code) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Method handle = signals.getMethod("handle", signals, handlers);
            Object signal = signals.getConstructor(String.class).newInstance(name);
            Runnable action = () -> received(code);
            MethodHandle run =
                    MethodHandles.lookup()
                            .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                            .bindTo(action);
            Object handler =
                    MethodHandleProxies.asInterfaceInstance(
                            handlers, MethodHandles.dropArguments(run, 0, signals));
            Object former = handle.invoke(null, signal, handler);
            restore.add(() -> handle.invoke(null, signal, former));
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException("cannot listen to signal " + name, e);
            }
            // The signal is not ours to take: see the class comment.
        } catch (ReflectiveOperationException e) {
            // No such API in this Java runtime: see the class comment.
            return;
        }
    }
}
