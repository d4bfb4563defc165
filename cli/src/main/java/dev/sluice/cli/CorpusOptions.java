package dev.sluice.cli;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sluice.data.text.Corpora;
import dev.sluice.data.text.corpus.Corpus;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.data.text.corpus.TextCorpus;
import dev.sluice.data.text.corpus.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How corpora are read. */
final class CorpusOptions {
    @Option(
            names = "--separator",
            paramLabel = "TEXT",
            description = {
                "between documents of plain text, \\n for a line break; none: a file is",
                "one document (default: <|endoftext|>)"
            })
    private String separator = TextFormat.standard().separator();

    @Option(
            names = "--text-field",
            paramLabel = "NAME",
            description = "field of a JSON line with the text (default: text)")
    private String textField = TextFormat.standard().textField();

    @Option(
            names = "--label-field",
            paramLabel = "NAME",
            description = "field of a JSON line with the label (default: label)")
    private String labelField = TextFormat.standard().labelField();

    @Option(
            names = "--documents",
            paramLabel = "N",
            description = "read at most so many (default: 25000)")
    private long documents = 25_000;

    long documents() {
        return documents;
    }

    TextFormat format() {
        return TextFormat.standard().withSeparator(separator).withFields(textField, labelField);
    }

    /** The same as settings of {@code language-model}. */
    void into(Map<String, String> settings) {
        settings.put("separator", separator.isEmpty() ? "none" : separator);
        settings.put("text_field", textField);
        settings.put("label_field", labelField);
        settings.put("documents", Long.toString(documents));
    }

    Corpus corpus(String nameOrPath) {
        return Corpora.of(System.getenv()).open(nameOrPath, format());
    }

    /** The first documents of a corpus, or of standard input where its name is {@code -}. */
    List<Document> read(String nameOrPath) {
        List<Document> first = new ArrayList<>();
        try (Documents all = open(nameOrPath)) {
            while (first.size() < documents && all.hasNext()) {
                first.add(all.next());
            }
        }
        return first;
    }

    @MustBeClosed
    private Documents open(String nameOrPath) {
        return nameOrPath.equals("-")
                ? TextCorpus.read(System.in, "standard input", format())
                : corpus(nameOrPath).open();
    }
}
