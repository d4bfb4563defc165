package dev.sluice.experiments.language;

import dev.sluice.data.text.tokens.TokenBatch;
import dev.sluice.engine.Rng;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.transformer.Tokens;
import dev.sluice.routing.Batch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sequences to train or look at a language model with. What rules see, what the model reads and
 * what it is to predict are the same text, until a claim is tried with other text.
 *
 * @param whole what rules see, with the last token, which is only predicted
 * @param inputs what the model reads: all columns but the last
 * @param targets what it is to predict: all columns but the first
 * @param documents the number of each row's document; empty where rows hold parts of several
 * @param labels the label of the document of each token, of whole; null where it has none
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere, filled once a step
public record TextBatch(
        Tokens whole, Tokens inputs, Tokens targets, long[] documents, @Nullable String[][] labels)
        implements Batch.Sequences {
    /** Sequences that are examples 0, 1, … */
    public static TextBatch of(Tokens whole) {
        long[] numbers = new long[whole.rows()];
        Arrays.setAll(numbers, row -> row);
        String[][] none = new String[whole.rows()][whole.length()];
        return new TextBatch(whole, whole.inputs(), whole, numbers, none);
    }

    /**
     * Rows of a corpus.
     *
     * @param known its labels
     */
    static TextBatch of(TokenBatch rows, List<String> known, boolean packed) {
        Tokens whole = Tokens.of(rows.ids(), rows.attentionMask());
        long[] documents = new long[packed ? 0 : rows.rows()];
        Arrays.setAll(documents, row -> Math.max(0, rows.documents()[row][0]));
        String[][] labels = new String[whole.rows()][whole.length()];
        for (int row = 0; row < labels.length; row++) {
            for (int column = 0; column < whole.length(); column++) {
                int label = rows.labels()[row][column];
                labels[row][column] = label < 0 ? null : known.get(label);
            }
        }
        return new TextBatch(whole, whole.inputs(), whole, documents, labels);
    }

    /** The rows {@code from} to {@code to} (exclusive), if there are so many. */
    TextBatch rows(int from, int to) {
        int end = Math.min(to, whole.rows());
        Tokens some =
                Tokens.of(
                        Arrays.copyOfRange(ids(whole), from, end),
                        Arrays.copyOfRange(mask(whole), from, end));
        long[] own = documents.length == 0 ? documents : Arrays.copyOfRange(documents, from, end);
        return new TextBatch(some, some.inputs(), some, own, Arrays.copyOfRange(labels, from, end));
    }

    private static int[][] ids(Tokens tokens) {
        int[][] ids = new int[tokens.rows()][];
        Arrays.setAll(ids, tokens::idsOf);
        return ids;
    }

    private static int[][] mask(Tokens tokens) {
        int[][] mask = new int[tokens.rows()][tokens.length()];
        for (int row = 0; row < mask.length; row++) {
            for (int column = 0; column < tokens.length(); column++) {
                mask[row][column] = tokens.real(row, column) ? 1 : 0;
            }
        }
        return mask;
    }

    /**
     * The same text for the rules, and random tokens where the chosen places learn from them: the
     * target of each chosen place, and what is read at a column that none but chosen places see.
     *
     * @param points the places, row by row, or whole rows
     * @param vocabulary number of tokens to draw from
     */
    TextBatch perturbed(boolean[] points, int vocabulary, Rng rng) {
        int n = whole.length() - 1;
        int each = points.length / whole.rows();
        int[][] read = ids(whole);
        int[][] wanted = ids(whole);
        for (int row = 0; row < whole.rows(); row++) {
            boolean onlyChosen = true;
            for (int place = n - 1; place >= 0; place--) {
                int point = each == 1 ? row : row * each + place;
                onlyChosen &= points[point] || !counts(row, place);
                if (points[point]) {
                    wanted[row][place + 1] = rng.nextInt(vocabulary);
                }
                if (onlyChosen) {
                    read[row][place] = rng.nextInt(vocabulary);
                }
            }
        }
        int[][] mask = mask(whole);
        return new TextBatch(
                whole, Tokens.of(read, mask).inputs(), Tokens.of(wanted, mask), documents, labels);
    }

    /** How many places have a loss. */
    int places() {
        int places = 0;
        for (int row = 0; row < whole.rows(); row++) {
            for (int place = 0; place < whole.length() - 1; place++) {
                places += counts(row, place) ? 1 : 0;
            }
        }
        return places;
    }

    /** Whether a place has a loss: token and target are real. */
    boolean counts(int row, int place) {
        return whole.real(row, place) && whole.real(row, place + 1);
    }

    @Override
    public int size() {
        return whole.rows();
    }

    /**
     * {@inheritDoc}
     *
     * @throws UsageException if the rows are packed
     */
    @Override
    public long example(int row) {
        if (documents.length == 0) {
            throw new UsageException(
                    "a rule goes by the numbers of examples (labels_file, labelled, noise):"
                            + " expected a document in each row (--set rows=documents), found"
                            + " packed rows");
        }
        return documents[row];
    }

    @Override
    public @Nullable String label(int row, int column) {
        return labels[row][column];
    }

    @Override
    public int length() {
        return whole.length();
    }

    @Override
    public int token(int row, int column) {
        return whole.id(row, column);
    }

    @Override
    public boolean real(int row, int column) {
        return whole.real(row, column);
    }
}
