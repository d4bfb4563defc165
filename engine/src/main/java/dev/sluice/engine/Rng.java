package dev.sluice.engine;

import java.nio.charset.StandardCharsets;

/**
 * A random generator whose whole state is four longs, so that a run can stop and continue with the
 * same bytes. Use one generator per purpose ({@link #derive}) and never share one between purposes:
 * then adding a draw in one place moves nothing in another.
 *
 * <p>The stream is xoshiro256++ (Blackman and Vigna), seeded through SplitMix64; normal values come
 * from Marsaglia's polar method in {@link StrictMath}, so they are the same on every machine. Not
 * safe for use by several threads.
 */
public final class Rng {
    private long s0;
    private long s1;
    private long s2;
    private long s3;

    private Rng(long s0, long s1, long s2, long s3) {
        this.s0 = s0;
        this.s1 = s1;
        this.s2 = s2;
        this.s3 = s3;
    }

    /** A generator that depends on {@code seed} alone. */
    public static Rng of(long seed) {
        long x = seed;
        long[] s = new long[4];
        for (int i = 0; i < 4; i++) {
            x += 0x9E3779B97F4A7C15L;
            s[i] = mix(x);
        }
        return new Rng(s[0], s[1], s[2], s[3]);
    }

    /** A generator for the purpose {@code name}: depends on both, and not on draws made so far. */
    public static Rng of(long seed, String name) {
        long h = mix(seed ^ 0xD1B54A32D192ED03L);
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = mix(h ^ (b & 0xFF));
        }
        return of(h);
    }

    /** A new generator for the purpose {@code name}; consumes one draw of this one. */
    public Rng derive(String name) {
        return of(nextLong(), name);
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The next 64 bits. */
    public long nextLong() {
        long result = Long.rotateLeft(s0 + s3, 23) + s0;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [{@code low}, {@code high}). */
    public double uniform(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /**
     * Uniform in 0 … {@code bound} − 1, without modulo bias.
     *
     * @throws IllegalArgumentException if {@code bound} is not positive
     */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive, found " + bound);
        }
        long product = (nextLong() >>> 32) * bound;
        long low = product & 0xFFFFFFFFL;
        if (low < bound) {
            long threshold = (0x100000000L - bound) % bound;
            while (low < threshold) {
                product = (nextLong() >>> 32) * bound;
                low = product & 0xFFFFFFFFL;
            }
        }
        return (int) (product >>> 32);
    }

    /** Standard normal. */
    public double nextGaussian() {
        while (true) {
            double u = 2 * nextDouble() - 1;
            double v = 2 * nextDouble() - 1;
            double s = u * u + v * v;
            if (s < 1 && s != 0) {
                return u * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
            }
        }
    }

    /**
     * The numbers 0 … {@code n} − 1 in random order.
     *
     * @throws IllegalArgumentException if {@code n} is negative or does not fit the Java heap
     */
    public int[] permutation(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("cannot order " + n + " numbers");
        }
        int[] order = room(n);
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static int[] room(int n) {
        try {
            return new int[n];
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    "the order of " + n + " numbers does not fit the Java heap", e);
        }
    }

    /** The whole state: four longs that {@link #restore} takes. */
    public long[] state() {
        return new long[] {s0, s1, s2, s3};
    }

    /**
     * The generator that was in {@code state}.
     *
     * @throws IllegalArgumentException unless {@code state} holds four longs, not all zero
     */
    public static Rng restore(long[] state) {
        if (state.length != 4 || (state[0] | state[1] | state[2] | state[3]) == 0) {
            throw new IllegalArgumentException(
                    "generator state: expected four longs, not all zero, found " + state.length);
        }
        return new Rng(state[0], state[1], state[2], state[3]);
    }
}
