package dev.sluice.data.text.tokens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.DataException;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Split;
import dev.sluice.data.text.generated.GeneratedStories;
import dev.sluice.data.text.tokenizer.WordTokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class TokenStreamTest {
    private static final int DOCUMENTS = 150;
    private static final Corpus STORIES = GeneratedStories.corpus(5, DOCUMENTS);

    private static TokenSource source() {
        return TokenizedTexts.of(STORIES, GeneratedStories.tokenizer(), 1);
    }

    private static boolean same(TokenBatch a, TokenBatch b) {
        return Arrays.deepEquals(a.ids(), b.ids())
                && Arrays.deepEquals(a.attentionMask(), b.attentionMask())
                && Arrays.deepEquals(a.documents(), b.documents())
                && Arrays.deepEquals(a.labels(), b.labels());
    }

    private static Layout layout(boolean packed, int length) {
        return packed
                ? new Layout.Packed(length)
                : new Layout.Padded(length, PaddingSide.LEFT, true);
    }

    @Property(tries = 40)
    void aStoppedStreamGoesOnWithTheSameBatches(
            @ForAll long seed,
            @ForAll boolean packed,
            @ForAll boolean shuffled,
            @ForAll @IntRange(min = 2, max = 70) int length,
            @ForAll @IntRange(min = 1, max = 40) int batch,
            @ForAll @IntRange(min = 0, max = 30) int before)
            throws IOException {
        TokenSource source = source();
        LongPredicate training = Split.of(0.2, seed).training();
        Layout layout = layout(packed, length);
        TokenStream whole =
                shuffled
                        ? TokenStream.shuffled(source, training, layout, batch, seed)
                        : TokenStream.inOrder(source, training, layout, batch);
        for (int i = 0; i < before; i++) {
            whole.next();
        }
        ObjectMapper json = new ObjectMapper();
        TokenStream.State state =
                json.readValue(json.writeValueAsString(whole.state()), TokenStream.State.class);
        TokenStream resumed = TokenStream.restore(source, training, layout, state);
        for (int i = 0; i < 20; i++) {
            assertTrue(same(whole.next(), resumed.next()));
            assertEquals(whole.state(), resumed.state());
            assertEquals(whole.atEpochEnd(), resumed.atEpochEnd());
        }
    }

    @Property(tries = 40)
    void packedRowsAreTheCorpusWithoutGaps(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 300) int length,
            @ForAll @IntRange(min = 1, max = 20) int batch) {
        TokenSource source = source();
        LongPredicate training = Split.of(0.5, seed).training();
        List<Integer> flat = new ArrayList<>();
        List<Long> owners = new ArrayList<>();
        for (long d = 0; d < DOCUMENTS; d++) {
            if (training.test(d)) {
                Arrays.stream(source.document(d)).forEach(flat::add);
                flat.add(WordTokenizer.END);
                while (owners.size() < flat.size()) {
                    owners.add(d);
                }
            }
        }
        TokenStream stream =
                TokenStream.inOrder(source, training, new Layout.Packed(length), batch);
        assertEquals((flat.size() - 1) / (length - 1), stream.rowsPerEpoch());
        int at = 0;
        do {
            TokenBatch found = stream.next();
            for (int r = 0; r < found.rows(); r++) {
                for (int i = 0; i < length; i++) {
                    assertEquals(flat.get(at + i), found.ids()[r][i]);
                    assertEquals(owners.get(at + i), found.documents()[r][i]);
                    assertEquals(source.label(owners.get(at + i)), found.labels()[r][i]);
                    assertEquals(1, found.attentionMask()[r][i]);
                }
                at += length - 1;
            }
        } while (!stream.atEpochEnd());
        assertTrue(flat.size() - at <= length - 1);
    }

    @Property(tries = 30)
    void paddedRowsAreTheDocuments(
            @ForAll boolean left,
            @ForAll boolean beginning,
            @ForAll @IntRange(min = 1, max = 70) int length) {
        TokenSource source = source();
        PaddingSide side = left ? PaddingSide.LEFT : PaddingSide.RIGHT;
        TokenStream stream =
                TokenStream.inOrder(
                        source, d -> true, new Layout.Padded(length, side, beginning), 32);
        int document = 0;
        do {
            TokenBatch batch = stream.next();
            for (int r = 0; r < batch.rows(); r++, document++) {
                List<Integer> expected = new ArrayList<>();
                if (beginning) {
                    expected.add(WordTokenizer.END);
                }
                Arrays.stream(source.document(document)).forEach(expected::add);
                expected = expected.subList(0, Math.min(length, expected.size()));
                List<Integer> found = new ArrayList<>();
                int width = batch.ids()[r].length;
                for (int i = 0; i < width; i++) {
                    int from = left ? width - expected.size() : 0;
                    boolean token = i >= from && i < from + expected.size();
                    assertEquals(token ? 1 : 0, batch.attentionMask()[r][i]);
                    assertEquals(token ? document : -1, batch.documents()[r][i]);
                    if (token) {
                        found.add(batch.ids()[r][i]);
                    } else {
                        assertEquals(WordTokenizer.END, batch.ids()[r][i]);
                        assertEquals(-1, batch.labels()[r][i]);
                    }
                }
                assertEquals(expected, found);
            }
        } while (!stream.atEpochEnd());
        assertEquals(DOCUMENTS, document);
    }

    private static long[] documents(TokenStream stream) {
        List<Long> seen = new ArrayList<>();
        do {
            for (long[] row : stream.next().documents()) {
                seen.add(row[0]);
            }
        } while (!stream.atEpochEnd());
        return seen.stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    void anEpochSeesEachRowOnceAndTheNextInAnotherOrder() {
        Layout layout = new Layout.Padded(8, PaddingSide.RIGHT, false);
        TokenStream stream = TokenStream.shuffled(source(), d -> true, layout, 7, 3);
        long[] first = documents(stream);
        long[] second = documents(stream);
        assertEquals(1, stream.epoch());
        assertFalse(Arrays.equals(first, second));
        long[] all = LongStream.range(0, DOCUMENTS).toArray();
        assertArrayEquals(all, Arrays.stream(first).sorted().toArray());
        assertArrayEquals(all, Arrays.stream(second).sorted().toArray());
        assertArrayEquals(
                first, documents(TokenStream.shuffled(source(), d -> true, layout, 9, 3)));
        assertFalse(
                Arrays.equals(
                        first, documents(TokenStream.shuffled(source(), d -> true, layout, 7, 4))));
    }

    @Property
    void anOrderHoldsEachNumberOnce(
            @ForAll @LongRange(min = 1, max = 3000) long n, @ForAll long key) {
        ShuffledOrder order = new ShuffledOrder(n, key);
        boolean[] seen = new boolean[(int) n];
        for (long i = 0; i < n; i++) {
            int at = (int) order.at(i);
            assertFalse(seen[at]);
            seen[at] = true;
        }
        assertNotEquals(-1, new ShuffledOrder(Long.MAX_VALUE / 4, key).at(n));
    }

    @Test
    void everyNumberCanStandAnywhere() {
        int[][] counts = new int[7][7];
        for (int key = 0; key < 7000; key++) {
            for (int i = 0; i < 7; i++) {
                counts[i][(int) new ShuffledOrder(7, key).at(i)]++;
            }
        }
        for (int[] row : counts) {
            for (int count : row) {
                assertEquals(1000, count, 160, Arrays.deepToString(counts));
            }
        }
    }

    @Test
    void aStateOfAnotherStreamIsRefused() {
        TokenSource source = source();
        Layout layout = new Layout.Packed(20);
        TokenStream.State state = TokenStream.shuffled(source, d -> true, layout, 4, 1).state();
        assertThrows(
                IllegalArgumentException.class,
                () -> TokenStream.restore(source, d -> d > 3, layout, state));
        TokenSource other =
                TokenizedTexts.of(
                        GeneratedStories.corpus(6, DOCUMENTS), GeneratedStories.tokenizer(), 1);
        assertThrows(
                IllegalArgumentException.class,
                () -> TokenStream.restore(other, d -> true, layout, state));
        for (long position : new long[] {-4, 3, state.rows() + 4}) {
            TokenStream.State bad =
                    new TokenStream.State(state.source(), state.rows(), 4, true, 1, 0, position);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> TokenStream.restore(source, d -> true, layout, bad));
        }
        assertThrows(DataException.class, () -> TokenStream.inOrder(source, d -> false, layout, 4));
        assertThrows(
                IllegalArgumentException.class,
                () -> TokenStream.inOrder(source, d -> true, layout, 0));
    }
}
