package dev.sluice.engine.fuzz;

import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call by reflection, and whether what it threw is of a documented kind. */
final class FuzzCall {
    private FuzzCall() {}

    static @Nullable Object invoke(
            Executable e, @Nullable Object receiver, @Nullable Object[] arguments)
            throws InvocationTargetException {
        try {
            return e instanceof Constructor<?> c
                    ? c.newInstance(arguments)
                    : ((Method) e).invoke(receiver, arguments);
        } catch (IllegalAccessException | InstantiationException x) {
            throw new IllegalStateException(String.valueOf(e), x);
        }
    }

    private static boolean thrownByEngine(Throwable t) {
        StackTraceElement[] frames = t.getStackTrace();
        return frames.length > 0 && frames[0].getClassName().startsWith(EngineApi.ROOT);
    }

    /** Readers of byte ranges may also say IndexOutOfBounds, as {@link ByteBuffer} does. */
    static boolean documented(Executable e, @Nullable Throwable t, boolean gaveNull) {
        return t instanceof FuzzValues.Boom
                || t instanceof IllegalArgumentException
                || t instanceof UncheckedIOException
                || (t instanceof NullPointerException && gaveNull)
                || (t instanceof IllegalStateException && thrownByEngine(t))
                || (t instanceof IndexOutOfBoundsException
                        && List.of(e.getParameterTypes()).contains(ByteBuffer.class))
                || (t != null && t.getClass().getName().startsWith(EngineApi.ROOT));
    }

    static String describe(Executable e, @Nullable Object receiver, @Nullable Object[] arguments) {
        return e + " on " + text(receiver) + " with " + Arrays.deepToString(arguments);
    }

    private static String text(@Nullable Object o) {
        return o == null ? "nothing" : o.toString();
    }
}
