package dev.sluice.data.text.tokens;

import dev.sluice.data.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/** A character is its own id; counts how often it is asked. */
final class CodePoints implements Tokenizer {
    final AtomicLong calls = new AtomicLong();
    private final int vocabulary;

    CodePoints(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    @Override
    public int[] encode(String text) {
        calls.incrementAndGet();
        int[] ids = text.codePoints().toArray();
        for (int id : ids) {
            if (id >= vocabulary) {
                throw new IllegalArgumentException("no id for " + Character.toString(id));
            }
        }
        return ids;
    }

    @Override
    public String decode(int... ids) {
        return new String(ids, 0, ids.length);
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public String text(int id) {
        return Character.toString(id);
    }

    @Override
    public OptionalInt endOfText() {
        return OptionalInt.of(0);
    }

    @Override
    public String fingerprint() {
        return "code points below " + vocabulary;
    }

    @Override
    public void save(Path folder) {
        throw new UnsupportedOperationException("never saved");
    }

    @Override
    public void close() {
        // Nothing to free.
    }
}
