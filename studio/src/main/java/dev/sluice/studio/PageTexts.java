package dev.sluice.studio;

import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.experiments.text.TokenizerSource;
import dev.sluice.routing.plan.FileNames;
import dev.sluice.routing.plan.PlanNode;
import dev.sluice.routing.text.TextSource;
import dev.sluice.studio.TextRequests.ForgetRetain;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a rule on a page may use: a tokenizer, and the two texts that the page compares. No file is
 * opened, whatever a rule names.
 */
final class PageTexts implements TextSource, FileNames {
    private static final int MOST_TABLES = 64;

    private final Tokenizer tokenizer;
    private final Map<String, List<Document>> texts;
    private int tables;

    PageTexts(Tokenizer tokenizer, Optional<ForgetRetain> compared) {
        this.tokenizer = tokenizer;
        this.texts =
                compared.map(c -> Map.of("forget", c.forget(), "retain", c.retain()))
                        .orElse(Map.of());
    }

    @Override
    public int[] encode(String text) {
        return tokenizer.encode(text);
    }

    @Override
    public int vocabulary() {
        boundTables();
        return tokenizer.vocabulary();
    }

    @Override
    public long[] counts(Path corpus, long documents, int truncate) {
        boundTables();
        List<Document> text = texts.getOrDefault(corpus.toString(), List.of());
        return TokenizerSource.counts(tokenizer, text.iterator(), documents, truncate);
    }

    /** Each rule has tables as long as the vocabulary. */
    private void boundTables() {
        if (++tables > MOST_TABLES) {
            throw new IllegalArgumentException(
                    "more than " + MOST_TABLES + " tables of tokens, too many for a page");
        }
    }

    @Override
    public Path file(String rule, PlanNode name) {
        String named = name.text();
        if (rule.equals("frequency") && texts.containsKey(named)) {
            return Path.of(named);
        }
        throw name.wrong(
                rule.equals("frequency")
                        ? "forget or retain, the two texts of this page, or counts"
                        : "a rule without files",
                "'" + named + "': the studio opens no file");
    }
}
