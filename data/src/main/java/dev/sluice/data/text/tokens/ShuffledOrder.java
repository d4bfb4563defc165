package dev.sluice.data.text.tokens;

/**
 * The numbers 0 … n − 1 in an order that a key decides, each computed by itself: nothing is kept in
 * memory, and any place can be entered at once. A Feistel network over the next power of four,
 * walked until it lands below n.
 */
record ShuffledOrder(long n, long key) {
    private static final int ROUNDS = 6;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** The number at place {@code index}. */
    long at(long index) {
        int half = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(n - 1) + 1) / 2);
        long mask = (1L << half) - 1;
        long value = index;
        do {
            long left = value >>> half;
            long right = value & mask;
            for (int round = 1; round <= ROUNDS; round++) {
                long mixed = mix(key + round * GOLDEN ^ mix(right + round)) & mask;
                long next = left ^ mixed;
                left = right;
                right = next;
            }
            value = left << half | right;
        } while (value >= n);
        return value;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
