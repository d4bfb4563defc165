package dev.sluice.data.text.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.sluice.data.Datasets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The native library of Hugging Face tokenizers, unpacked from its jar into the cache when first
 * used. The Java layer above it is passed by: it reports to its makers over the network, truncates
 * and pads by default, and copies eight arrays for each text.
 */
final class NativeTokenizers {
    private NativeTokenizers() {}

    /**
     * The loaded library.
     *
     * @throws UncheckedIOException if there is none for this platform or it cannot be unpacked
     */
    static TokenizersLibrary library() {
        Map<String, Path> places = Datasets.of(System.getenv()).places();
        Path cache = places.getOrDefault("cache", Path.of("")).resolve("natives");
        setIfAbsent("RUST_FLAVOR", "cpu");
        setIfAbsent("ENGINE_CACHE_DIR", cache.toString());
        try {
            LibUtils.checkStatus();
            return TokenizersLibrary.LIB;
        } catch (RuntimeException | LinkageError | AssertionError e) {
            throw new UncheckedIOException(
                    new IOException(
                            "the tokenizers library could not be loaded for "
                                    + System.getProperty("os.name")
                                    + " "
                                    + System.getProperty("os.arch")
                                    + " (unpacked into "
                                    + System.getProperty("ENGINE_CACHE_DIR")
                                    + "): "
                                    + root(e),
                            e));
        }
    }

    private static String root(Throwable e) {
        Throwable cause = e.getCause();
        return cause == null ? String.valueOf(e.getMessage()) : root(cause);
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getenv(key) == null && System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
