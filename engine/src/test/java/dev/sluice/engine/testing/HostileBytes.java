package dev.sluice.engine.testing;

import dev.sluice.engine.Rng;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Damages the bytes of JSON and safetensors files: by accident and by intent. */
public final class HostileBytes {
    /** How far into a file damage begins at most: where headers are. */
    private static final int REACH = 3000;

    private static final List<String> TEXTS =
            List.of(
                    "9223372036854775807",
                    "4294967296",
                    "2147483647",
                    "-1",
                    "0",
                    "1e300",
                    "null",
                    "true",
                    "[]",
                    "{}",
                    "[[[[[[[[",
                    "{\"a\":",
                    "\"",
                    "\\ud800",
                    "\u0000",
                    "../../etc/passwd",
                    "/dev/zero",
                    "__metadata__",
                    "model-00002-of-00002.safetensors",
                    "gpt_neo",
                    "qwen2",
                    "BF16",
                    "BOOL",
                    "F64",
                    "I8",
                    ",",
                    "]",
                    "}");

    private HostileBytes() {}

    /** One to three kinds of damage, one after the other. */
    public static byte[] damaged(byte[] sound, Rng rng) {
        byte[] bytes = sound;
        for (int k = rng.nextInt(3); k >= 0; k--) {
            bytes = once(bytes, rng);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, Rng rng) {
        if (bytes.length == 0) {
            return new byte[] {(byte) rng.nextInt(256)};
        }
        int at = rng.nextInt(Math.min(bytes.length, REACH));
        byte[] copy = bytes.clone();
        switch (rng.nextInt(6)) {
            case 0 -> copy[at] ^= (byte) (1 << rng.nextInt(8));
            case 1 -> copy[rng.nextInt(Math.min(8, copy.length))] = (byte) rng.nextInt(256);
            case 2 -> copy = Arrays.copyOf(copy, rng.nextInt(bytes.length));
            case 3 -> {
                int most = rng.nextInt(2) == 0 ? 40 : bytes.length - at;
                int end = Math.min(bytes.length, at + 1 + rng.nextInt(most));
                copy = splice(copy, at, end, new byte[0]);
            }
            case 4 -> copy = withText(copy, at, rng);
            default -> {
                int from = rng.nextInt(bytes.length);
                byte[] piece = Arrays.copyOfRange(copy, from, Math.min(copy.length, from + 60));
                copy = splice(copy, at, at, piece);
            }
        }
        return copy;
    }

    /**
     * Puts in hostile text: over what stands there, in between, or in place of a whole value.
     * Mostly keeps the header's length right, so that parsing gets there.
     */
    private static byte[] withText(byte[] bytes, int at, Rng rng) {
        byte[] text = TEXTS.get(rng.nextInt(TEXTS.size())).getBytes(StandardCharsets.UTF_8);
        int start = at;
        int end = rng.nextInt(2) == 0 ? at : Math.min(bytes.length, at + text.length);
        int value = at;
        while (value < bytes.length && bytes[value] != ':' && bytes[value] != '[') {
            value++;
        }
        if (value + 1 < bytes.length && rng.nextInt(2) == 0) {
            start = value + 1;
            end = start;
            while (end < bytes.length && ",}]\n".indexOf(bytes[end]) < 0) {
                end++;
            }
        }
        byte[] result = splice(bytes, start, end, text);
        boolean tensors = bytes[0] != '{' && result.length >= 8;
        if (tensors && start >= 8 && rng.nextInt(4) > 0) {
            ByteBuffer buffer = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(0, buffer.getLong(0) + result.length - bytes.length);
        }
        return result;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] with) {
        byte[] result = new byte[bytes.length - (to - from) + with.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(with, 0, result, from, with.length);
        System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
        return result;
    }

    /** Bytes that this thread has allocated on the heap so far. */
    public static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
