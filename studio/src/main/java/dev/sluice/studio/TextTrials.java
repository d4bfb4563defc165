package dev.sluice.studio;

import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.data.text.tokenizer.TokenizerChoice;
import dev.sluice.experiments.text.RulePreview;
import dev.sluice.experiments.text.TokenSuggestions;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutingException;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanException;
import dev.sluice.routing.plan.PlanFiles;
import dev.sluice.routing.text.FrequencyRule.Curve;
import dev.sluice.studio.TextRequests.ForgetRetain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules tried on text, all on one desk; they end early where its thread is interrupted. */
final class TextTrials implements AutoCloseable {
    private static final int SHOWN_DOCUMENTS = 40;
    private static final int SUGGESTED = 40;
    private static final Path PLACE = Path.of("rule");

    private final TokenizerChoice choice;
    private volatile @Nullable Tokenizer shared;

    TextTrials(TokenizerChoice choice) {
        this.choice = choice;
    }

    /** Whether nothing has to be read any more. */
    boolean ready() {
        return choice.folder().isEmpty() || shared != null;
    }

    /** Opens the tokenizer; reading must not be interrupted. */
    void open() {
        if (!ready()) {
            shared = choice.open(List::of);
        }
    }

    /** What a page begins with. */
    TextAnswers.Start start() {
        Tokenizer open = shared;
        Predicate<String> single = word -> open == null || open.single(word).isPresent();
        return new TextAnswers.Start(
                choice.description(),
                GeneratedTexts.all().stream().map(c -> TextAnswers.Corpus.of(c, single)).toList());
    }

    /** What a rule catches; a rule that is wrong is an answer as well. */
    TextAnswers.Previewed preview(
            String rule, List<Document> documents, Optional<ForgetRetain> compared) {
        List<List<Document>> all = new ArrayList<>(List.of(documents));
        compared.ifPresent(c -> all.addAll(List.of(c.forget(), c.retain())));
        return with(all, tokens -> preview(rule, documents, compared, tokens));
    }

    private static TextAnswers.Previewed preview(
            String text,
            List<Document> documents,
            Optional<ForgetRetain> compared,
            Tokenizer tokens) {
        try {
            RoutingRule<? super Batch.Sequences> rule =
                    PlanFiles.parseRule(
                            text, PLACE, Batch.Sequences.class, new PageTexts(tokens, compared));
            return TextAnswers.Previewed.of(
                    RulePreview.of(rule, tokens, documents.iterator(), SHOWN_DOCUMENTS));
        } catch (PlanException e) {
            return TextAnswers.Previewed.wrong(
                    String.valueOf(e.getMessage()), e.line(), e.column());
        } catch (RoutingException e) {
            return TextAnswers.Previewed.wrong(String.valueOf(e.getMessage()), 0, 0);
        }
    }

    /** Tokens that tell two texts apart. */
    TextAnswers.Suggested suggest(ForgetRetain compared) {
        return with(
                List.of(compared.forget(), compared.retain()),
                tokens ->
                        TextAnswers.Suggested.of(
                                TokenSuggestions.of(
                                        tokens,
                                        compared.forget().iterator(),
                                        compared.retain().iterator(),
                                        Curve.PAPER,
                                        Long.MAX_VALUE,
                                        SUGGESTED),
                                tokens));
    }

    /** Works with the tokenizer of this machine, or one of the words of these texts. */
    private <T> T with(List<List<Document>> texts, Function<Tokenizer, T> work) {
        Tokenizer open = shared;
        try {
            if (open != null) {
                return work.apply(open);
            }
            Stream<String> all = texts.stream().flatMap(Collection::stream).map(Document::text);
            try (Tokenizer words = choice.open(all::toList)) {
                return work.apply(words);
            }
        } catch (IllegalArgumentException e) {
            throw RequestException.of(422, "text: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        if (shared != null) {
            shared.close();
        }
    }
}
