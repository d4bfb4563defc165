package dev.sluice.studio;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.experiments.text.Piece;
import dev.sluice.experiments.text.RulePreview;
import dev.sluice.experiments.text.TokenSuggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the page for rules on text is told. */
final class TextAnswers {
    private static final int ROWS = 15;
    private static final int SHOWN_TOKENS = 4000;
    private static final int SAMPLE = 4;

    /** Below this share of its route a token is not marked. */
    private static final double MARKED = 0.25;

    private TextAnswers() {}

    /** What a page begins with: which tokenizer, and texts that are at hand. */
    record Start(String tokenizer, List<Corpus> corpora) {}

    /** A generated corpus, with a few of its documents to begin a text with. */
    record Corpus(
            String name,
            String title,
            long documents,
            List<Concept> concepts,
            List<String> sample) {
        static Corpus of(GeneratedTexts c, Predicate<String> single) {
            List<Concept> concepts = new ArrayList<>();
            c.concepts().forEach((name, words) -> concepts.add(Concept.of(name, words, single)));
            return new Corpus(
                    c.name(),
                    c.title(),
                    GeneratedTexts.DOCUMENTS,
                    concepts,
                    c.documents().stream().limit(SAMPLE).map(d -> d.text()).toList());
        }
    }

    /**
     * A label of a corpus.
     *
     * @param words that belong to it, each with its space
     * @param tokens those of them that are one token
     */
    record Concept(String name, List<String> words, List<String> tokens) {
        static Concept of(String name, List<String> words, Predicate<String> single) {
            List<String> spaced = words.stream().map(word -> " " + word).toList();
            return new Concept(name, spaced, spaced.stream().filter(single).toList());
        }
    }

    /** What a rule catches, or what is wrong with it. */
    record Previewed(@Nullable Wrong wrong, @Nullable Picture picture) {
        static Previewed of(RulePreview preview) {
            return new Previewed(null, Picture.of(preview));
        }

        static Previewed wrong(String message, int line, int column) {
            return new Previewed(new Wrong(message, line, column), null);
        }
    }

    /** A complaint and its place, from 1; 0: the whole. */
    record Wrong(String message, int line, int column) {}

    /** Targets of a route. */
    record Caught(String route, long count) {}

    /**
     * What a rule catches.
     *
     * @param differentHits how many there are, of which {@code hits} are the commonest
     * @param lines the first documents; pieces side by side with the same route and share are one
     * @param shownTokens how many tokens {@code lines} hold
     */
    record Picture(
            long documents,
            long tokens,
            long targets,
            double matchRate,
            List<Caught> caught,
            List<RulePreview.Hit> hits,
            int differentHits,
            List<RulePreview.NearMiss> nearMisses,
            int differentMisses,
            List<List<Piece>> lines,
            long shownTokens) {
        static Picture of(RulePreview p) {
            List<List<Piece>> lines = new ArrayList<>();
            int shown = 0;
            for (List<Piece> line : p.lines()) {
                if (shown >= SHOWN_TOKENS) {
                    break;
                }
                List<Piece> begin = first(line, SHOWN_TOKENS - shown);
                shown += begin.size();
                lines.add(joined(begin));
            }
            List<Caught> caught = new ArrayList<>();
            p.caught().forEach((route, count) -> caught.add(new Caught(route, count)));
            return new Picture(
                    p.documents(),
                    p.tokens(),
                    p.targets(),
                    p.matchRate(),
                    caught,
                    first(p.hits(), ROWS),
                    p.hits().size(),
                    first(p.nearMisses(), ROWS),
                    p.nearMisses().size(),
                    lines,
                    shown);
        }
    }

    /**
     * A token that tells two texts apart.
     *
     * @param single whether a rule can name it: it is whole characters, and one token again
     */
    record Token(
            String text, long forget, long retain, double ratio, double weight, boolean single) {}

    /** Suggestions; {@code weights} and {@code cautions} as in {@link TokenSuggestions}. */
    record Suggested(List<Token> tokens, List<Long> weights, List<String> cautions) {
        static Suggested of(TokenSuggestions s, Tokenizer tokenizer) {
            return new Suggested(
                    s.tokens().stream()
                            .map(
                                    t ->
                                            new Token(
                                                    t.text(),
                                                    t.forget(),
                                                    t.retain(),
                                                    t.ratio(),
                                                    t.weight(),
                                                    tokenizer.single(t.text()).orElse(-1)
                                                            == t.id()))
                            .toList(),
                    s.weights(),
                    s.cautions());
        }
    }

    private static <T> List<T> first(List<T> all, int most) {
        return all.subList(0, Math.min(most, all.size()));
    }

    private static List<Piece> joined(List<Piece> pieces) {
        List<Piece> joined = new ArrayList<>();
        for (Piece piece : pieces) {
            boolean plain = piece.share() < MARKED;
            String route = plain ? "" : piece.route();
            double share = plain ? 0 : Math.round(100 * piece.share()) / 100.0;
            Piece last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && last.route().equals(route) && last.share() == share) {
                joined.set(joined.size() - 1, new Piece(last.text() + piece.text(), route, share));
            } else {
                joined.add(new Piece(piece.text(), route, share));
            }
        }
        return joined;
    }
}
