package dev.sluice.cli;

import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.engine.Rng;
import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.language.Continuation;
import dev.sluice.experiments.language.TextModel;
import dev.sluice.models.transformer.Sampling;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice lm generate}. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Let a language model go on with a text, token by token.",
            "It ends where the model ends it, after --tokens, or at the model's context.",
            "The same seed writes the same text."
        },
        footer = {
            "",
            "Examples:",
            "  sluice lm generate runs/language-model-20260101-120000-3f2a",
            "  sluice lm generate models/gpt2 --prompt 'In the forest' --top-p 0.9",
            "  sluice lm generate models/gpt2 --prompt 'Once' --temperature 0 --json"
        })
final class LmGenerateCommand implements Callable<Integer> {
    private static final int USUAL = 100;

    @Mixin private LmModelParameter model = new LmModelParameter();

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "what to go on from (default: none, a text begins)")
    private String prompt = "";

    @Option(names = "--tokens", paramLabel = "N", description = "at most (default: 100)")
    private @Nullable Integer tokens;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "divides the logits; 0: always the likeliest (default: 0.8)")
    private double temperature = 0.8;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            description = "choose among the N likeliest; 0: all (default: 40)")
    private int topK = 40;

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description = "among the likeliest that have probability X together (default: 1)")
    private double topP = 1;

    @Option(names = "--seed", paramLabel = "N", description = "of the draws (default: 0)")
    private long seed;

    @Option(names = "--json", description = "print one JSON document and nothing else")
    private boolean json;

    @Mixin private QuietOption messages = new QuietOption();

    @Override
    public Integer call() {
        if (tokens != null && tokens < 1) {
            throw new UsageException("tokens: expected at least 1, found " + tokens);
        }
        Sampling sampling = sampling();
        try (TextModel opened = model.open()) {
            Tokenizer tokenizer = opened.tokenizer();
            if (!json) {
                System.out.print(prompt);
            }
            Continuation written =
                    Continuation.of(
                            opened.transformer(),
                            tokenizer,
                            prompt,
                            sampling,
                            tokens == null ? USUAL : tokens,
                            Rng.of(seed, "generate"),
                            this::heard);
            if (json) {
                JsonOutput.print(document(written));
            } else {
                System.out.println();
                if (tokens != null && written.ended() == Continuation.End.CONTEXT) {
                    messages.say("the model's context ends here");
                }
            }
        }
        return ExitCodes.OK;
    }

    private Sampling sampling() {
        try {
            return new Sampling(temperature, topK, topP);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private void heard(String piece) {
        if (!json) {
            System.out.print(piece);
            System.out.flush();
        }
    }

    private Map<String, Object> document(Continuation written) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("prompt", written.prompt());
        all.put("text", written.text());
        all.put("tokens", written.tokens());
        all.put("ended", written.ended().name().toLowerCase(Locale.ROOT));
        all.put("seed", seed);
        all.put("temperature", temperature);
        all.put("top_k", topK);
        all.put("top_p", topP);
        return all;
    }
}
