package dev.sluice.engine.testing;

import dev.sluice.engine.NativeMemory;
import java.util.List;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which more native objects are alive than before it. Put
 * {@code @ExtendWith(NoNativeLeaks.class)} on JUnit tests and
 * {@code @AddLifecycleHook(NoNativeLeaks.class)} on jqwik properties, where every try is checked.
 *
 * <p>Objects made outside any scope count as leaks although the garbage collector would free them
 * one day: it does not feel their memory, so that day may not come in time.
 */
public final class NoNativeLeaks implements BeforeEachCallback, AfterEachCallback, AroundTryHook {
    private static final ExtensionContext.Namespace KEY =
            ExtensionContext.Namespace.create(NoNativeLeaks.class);

    /** Made by the test framework. */
    public NoNativeLeaks() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(KEY).put("before", NativeMemory.liveObjects());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check(context.getStore(KEY).get("before", Long.class), context.getDisplayName());
    }

    /** A hook on a class holds for each of its properties. */
    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }

    @Override
    public TryExecutionResult aroundTry(
            TryLifecycleContext context, TryExecutor run, List<Object> parameters) {
        long before = NativeMemory.liveObjects();
        TryExecutionResult result = run.execute(parameters);
        if (result.status() != TryExecutionResult.Status.SATISFIED) {
            return result;
        }
        try {
            check(before, context.label());
            return result;
        } catch (AssertionError e) {
            return TryExecutionResult.falsified(e);
        }
    }

    private static void check(long before, String test) {
        long after = NativeMemory.liveObjects();
        if (after > before) {
            throw new AssertionError(
                    test
                            + " leaves "
                            + (after - before)
                            + " native objects alive; open a TensorScope");
        }
    }
}
