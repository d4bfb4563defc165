package dev.sluice.data.text.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Vocabularies of ours as a {@code tokenizer.json} that Hugging Face reads. */
final class TokenizerForm {
    private TokenizerForm() {}

    /** Byte pairs as GPT-2 has them: ids are places in {@code tokens}, of which one ends a text. */
    static byte[] bytePairs(List<String> tokens, List<List<String>> merges, String end) {
        ObjectNode root = root(tokens, end);
        ObjectNode bytes = root.putObject("pre_tokenizer");
        bytes.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true);
        bytes.put("use_regex", true);
        root.set("decoder", bytes.deepCopy());
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE");
        model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
        model.set("vocab", vocabulary(tokens));
        ArrayNode list = model.putArray("merges");
        merges.forEach(pair -> list.addArray().add(pair.get(0)).add(pair.get(1)));
        return bytes(root);
    }

    /** Whole pieces of text: what {@code piece} finds is a token, or {@code unknown}. */
    static byte[] words(List<String> tokens, String piece, String end, String unknown) {
        ObjectNode root = root(tokens, end);
        ObjectNode split = root.putObject("pre_tokenizer");
        split.put("type", "Split").putObject("pattern").put("Regex", piece);
        split.put("behavior", "Isolated").put("invert", false);
        root.putObject("decoder").put("type", "Fuse");
        ObjectNode model = root.putObject("model");
        model.put("type", "WordLevel");
        model.set("vocab", vocabulary(tokens));
        model.put("unk_token", unknown);
        return bytes(root);
    }

    private static ObjectNode root(List<String> tokens, String end) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ObjectNode special = root.putArray("added_tokens").addObject();
        special.put("id", tokens.indexOf(end)).put("content", end).put("single_word", false);
        special.put("lstrip", false).put("rstrip", false).put("normalized", false);
        special.put("special", true);
        root.putNull("normalizer");
        root.putNull("post_processor");
        return root;
    }

    private static ObjectNode vocabulary(List<String> tokens) {
        ObjectNode ids = JsonNodeFactory.instance.objectNode();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        return ids;
    }

    private static byte[] bytes(ObjectNode root) {
        return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
