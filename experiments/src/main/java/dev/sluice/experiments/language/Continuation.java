package dev.sluice.experiments.language;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.engine.Rng;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.transformer.Generator;
import dev.sluice.models.transformer.Sampling;
import dev.sluice.models.transformer.Tokens;
import dev.sluice.models.transformer.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Text that a model wrote behind a prompt.
 *
 * @param prompt what it began with
 * @param text what it wrote
 * @param tokens how many tokens that is
 * @param ended why it ended there
 */
public record Continuation(String prompt, String text, int tokens, End ended) {
    /** Why a text ends. */
    public enum End {
        /** It has as many tokens as were asked for. */
        LENGTH,
        /** The model ended it. */
        END_OF_TEXT,
        /** The model knows no further positions. */
        CONTEXT
    }

    /**
     * Writes.
     *
     * @param prompt may be empty: then a text begins
     * @param most tokens at most
     * @param heard gets the text piece by piece as it is written, whole characters at a time
     * @throws UsageException if the prompt is longer than the model's context
     */
    public static Continuation of(
            Transformer model,
            Tokenizer tokenizer,
            String prompt,
            Sampling sampling,
            int most,
            Rng rng,
            Consumer<String> heard) {
        int[] start = start(tokenizer, prompt);
        int room = room(model, start.length);
        int end = tokenizer.endOfText().orElse(-1);
        List<Integer> written = new ArrayList<>();
        End ended = room < most ? End.CONTEXT : End.LENGTH;
        String said = "";
        try (Generator generator =
                Generator.open(model, Tokens.of(new int[][] {start}), Math.min(room, most))) {
            while (written.size() < Math.min(room, most)) {
                int next = sampling.choose(generator.logits(), rng)[0];
                if (next == end || next >= tokenizer.vocabulary()) {
                    ended = End.END_OF_TEXT;
                    break;
                }
                written.add(next);
                String now = text(tokenizer, start, prompt, written);
                if (!now.endsWith("\uFFFD") && now.startsWith(said)) {
                    heard.accept(now.substring(said.length()));
                    said = now;
                }
                generator.append(next);
            }
        }
        String all = text(tokenizer, start, prompt, written);
        heard.accept(all.startsWith(said) ? all.substring(said.length()) : "");
        return new Continuation(prompt, all, written.size(), ended);
    }

    private static int[] start(Tokenizer tokenizer, String prompt) {
        int[] ids = tokenizer.encode(prompt);
        if (ids.length > 0) {
            return ids;
        }
        return tokenizer.endOfText().isPresent()
                ? new int[] {tokenizer.endOfText().getAsInt()}
                : tokenizer.encode("\n");
    }

    /**
     * Refuses a prompt that a model cannot go on from.
     *
     * @throws UsageException if it is longer than the model's context
     */
    static void check(Transformer model, Tokenizer tokenizer, String prompt) {
        room(model, start(tokenizer, prompt).length);
    }

    private static int room(Transformer model, int used) {
        int context = model.config().context();
        if (used > context) {
            throw new UsageException(
                    "prompt: expected at most the "
                            + context
                            + " tokens of the model's context, found "
                            + used);
        }
        return context - used;
    }

    /**
     * What follows the prompt; some decoders treat the first token of a text in a way of its own.
     */
    private static String text(
            Tokenizer tokenizer, int[] start, String prompt, List<Integer> written) {
        int[] own = written.stream().mapToInt(Integer::intValue).toArray();
        if (prompt.isEmpty()) {
            return tokenizer.decode(own);
        }
        int[] all = Arrays.copyOf(start, start.length + own.length);
        System.arraycopy(own, 0, all, start.length, own.length);
        String before = tokenizer.decode(start);
        String after = tokenizer.decode(all);
        return after.startsWith(before) ? after.substring(before.length()) : tokenizer.decode(own);
    }
}
