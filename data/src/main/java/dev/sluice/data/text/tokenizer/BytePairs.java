package dev.sluice.data.text.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a vocabulary of byte pairs from text: for a model that is trained from scratch on text for
 * which there is no tokenizer. Begins with the 256 bytes and joins, again and again, the two tokens
 * that most often stand side by side within a word (of equally frequent ones those that came first
 * into the vocabulary), as GPT-2's was learned; so any text can be expressed. The same texts give
 * the same vocabulary.
 */
public final class BytePairs {
    private static final String END = "<|endoftext|>";
    private static final int BYTES = 256;
    private static final Pattern WORD =
            Pattern.compile(
                    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+"
                            + "|\\s+(?!\\S)|\\s+",
                    Pattern.UNICODE_CHARACTER_CLASS);

    private final List<String> tokens = new ArrayList<>();
    private final List<List<String>> merges = new ArrayList<>();
    private final List<int[]> words = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final Map<Pair, Long> counts = new HashMap<>();
    private final Map<Pair, Set<Integer>> places = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

    private record Pair(int left, int right) {}

    private record Candidate(Pair pair, long count) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            int byCount = Long.compare(other.count, count);
            int byLeft = Integer.compare(pair.left, other.pair.left);
            return byCount != 0
                    ? byCount
                    : byLeft != 0 ? byLeft : Integer.compare(pair.right, other.pair.right);
        }
    }

    private BytePairs(Iterable<String> texts) {
        tokens.add(END);
        Map<String, Long> frequency = new TreeMap<>();
        for (String text : texts) {
            Matcher word = WORD.matcher(text);
            while (word.find()) {
                frequency.merge(word.group(), 1L, Long::sum);
            }
        }
        for (int b = 0; b < BYTES; b++) {
            tokens.add(Character.toString(ByteLetters.of(b)));
        }
        frequency.forEach(this::add);
        for (int word = 0; word < words.size(); word++) {
            count(word, 1);
        }
        counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
    }

    /**
     * A tokenizer of at most {@code size} tokens: the end of text, the bytes, and pairs.
     *
     * @throws IllegalArgumentException if the size leaves no room for the bytes
     */
    public static HuggingFaceTokenizer learn(Iterable<String> texts, int size) {
        if (size < BYTES + 1) {
            throw new IllegalArgumentException(
                    "vocabulary: expected at least " + (BYTES + 1) + " tokens, found " + size);
        }
        BytePairs pairs = new BytePairs(texts);
        boolean more = true;
        while (more && pairs.tokens.size() < size) {
            more = pairs.join();
        }
        return HuggingFaceTokenizer.of(TokenizerForm.bytePairs(pairs.tokens, pairs.merges, END));
    }

    private void add(String word, long count) {
        byte[] bytes = word.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int[] symbols = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            symbols[i] = 1 + (bytes[i] & 0xff);
        }
        words.add(symbols);
        times.add(count);
    }

    /** Adds the pairs of a word to the counts, or takes them off. */
    private void count(int word, int sign) {
        int[] symbols = words.get(word);
        for (int i = 0; i + 1 < symbols.length; i++) {
            Pair pair = new Pair(symbols[i], symbols[i + 1]);
            counts.merge(pair, sign * times.get(word), Long::sum);
            places.computeIfAbsent(pair, p -> new HashSet<>()).add(word);
        }
    }

    /** Makes the commonest pair a token; false if no pair occurs twice. */
    private boolean join() {
        Candidate best = queue.poll();
        while (best != null && best.count != counts.getOrDefault(best.pair, 0L)) {
            best = queue.poll();
        }
        if (best == null || best.count < 2) {
            return false;
        }
        Pair pair = best.pair;
        merges.add(List.of(tokens.get(pair.left), tokens.get(pair.right)));
        int joined = tokens.size();
        tokens.add(tokens.get(pair.left) + tokens.get(pair.right));
        Set<Pair> changed = new HashSet<>();
        for (int word : places.getOrDefault(pair, Set.of()).stream().sorted().toList()) {
            count(word, -1);
            changed.addAll(pairs(words.get(word)));
            words.set(word, replaced(words.get(word), pair, joined));
            count(word, 1);
            changed.addAll(pairs(words.get(word)));
        }
        counts.remove(pair);
        places.remove(pair);
        for (Pair other : changed) {
            long count = counts.getOrDefault(other, 0L);
            if (count > 0) {
                queue.add(new Candidate(other, count));
            }
        }
        return true;
    }

    private static Set<Pair> pairs(int[] symbols) {
        Set<Pair> pairs = new HashSet<>();
        for (int i = 0; i + 1 < symbols.length; i++) {
            pairs.add(new Pair(symbols[i], symbols[i + 1]));
        }
        return pairs;
    }

    private static int[] replaced(int[] symbols, Pair pair, int joined) {
        int[] out = new int[symbols.length];
        int n = 0;
        for (int i = 0; i < symbols.length; i++) {
            boolean here =
                    i + 1 < symbols.length
                            && symbols[i] == pair.left
                            && symbols[i + 1] == pair.right;
            out[n++] = here ? joined : symbols[i];
            i += here ? 1 : 0;
        }
        return java.util.Arrays.copyOf(out, n);
    }
}
