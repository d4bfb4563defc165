package dev.sluice.data.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.data.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Says which parts of a {@code tokenizer.json} may be handed to native code: the kinds that are
 * known, without the settings that are known to end the process instead of being refused.
 */
record TokenizerParts(Path file) {
    private static final Set<String> MODELS = Set.of("BPE", "WordPiece", "WordLevel", "Unigram");
    private static final Set<String> NORMALIZERS =
            Set.of(
                    "Sequence",
                    "NFC",
                    "NFD",
                    "NFKC",
                    "NFKD",
                    "Lowercase",
                    "Strip",
                    "StripAccents",
                    "BertNormalizer",
                    "ByteLevel",
                    "Nmt",
                    "Prepend",
                    "Replace");
    private static final Set<String> PRE_TOKENIZERS =
            Set.of(
                    "Sequence",
                    "ByteLevel",
                    "Split",
                    "Digits",
                    "Punctuation",
                    "Whitespace",
                    "WhitespaceSplit",
                    "Metaspace",
                    "CharDelimiterSplit",
                    "UnicodeScripts",
                    "BertPreTokenizer");
    private static final Set<String> DECODERS =
            Set.of(
                    "Sequence",
                    "ByteLevel",
                    "ByteFallback",
                    "Fuse",
                    "Strip",
                    "Replace",
                    "Metaspace",
                    "WordPiece",
                    "BPEDecoder");
    private static final List<String> NESTED = List.of("normalizers", "pretokenizers", "decoders");

    void check(JsonNode whole) {
        JsonNode model = whole.path("model");
        if (model.hasNonNull("type")) {
            kind("model", model, MODELS);
        }
        String prefix = model.path("continuing_subword_prefix").asText("");
        if (model.has("merges") && !prefix.isEmpty() && !prefix.equals("null")) {
            throw refuse("model.continuing_subword_prefix", "none in a model of merges", prefix);
        }
        part("normalizer", whole.path("normalizer"), NORMALIZERS);
        part("pre_tokenizer", whole.path("pre_tokenizer"), PRE_TOKENIZERS);
        part("decoder", whole.path("decoder"), DECODERS);
    }

    private void part(String place, JsonNode part, Set<String> known) {
        if (part.isMissingNode() || part.isNull()) {
            return;
        }
        String kind = kind(place, part, known);
        boolean normalizer = place.startsWith("normalizer");
        if (normalizer && kind.equals("Prepend") && part.path("prepend").asText("").isEmpty()) {
            throw refuse(place + ".prepend", "at least one character", "none");
        }
        if (normalizer && kind.equals("Replace")) {
            replaced(place + ".pattern", part.path("pattern"));
        }
        if (kind.equals("Strip") && part.has("stop") && part.path("stop").asInt(1) != 0) {
            throw refuse(place + ".stop", "0", String.valueOf(part.path("stop")));
        }
        for (String list : NESTED) {
            for (int i = 0; i < part.path(list).size(); i++) {
                part(place + "." + list + "[" + i + "]", part.path(list).path(i), known);
            }
        }
    }

    /** A pattern that finds the empty string makes the native code read behind its end. */
    private void replaced(String place, JsonNode pattern) {
        String regex = pattern.path("Regex").asText("");
        String found = pattern.has("Regex") ? regex : pattern.path("String").asText("");
        boolean empty = found.isEmpty();
        try {
            empty |= pattern.has("Regex") && Pattern.compile(regex).matcher("").find();
        } catch (PatternSyntaxException e) {
            throw refuse(place, "a regular expression", regex);
        }
        if (empty) {
            throw refuse(place, "a pattern that never matches nothing", "\"" + found + "\"");
        }
    }

    private String kind(String place, JsonNode part, Set<String> known) {
        String kind = part.path("type").asText("");
        if (!known.contains(kind)) {
            throw refuse(
                    place + ".type",
                    "one of " + String.join(", ", known.stream().sorted().toList()),
                    TokenizerJson.kind(part.path("type")));
        }
        return kind;
    }

    private DataException refuse(String place, String expected, String found) {
        return new DataException(file, place, expected, found);
    }
}
