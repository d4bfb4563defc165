package dev.sluice.experiments.splitdigits;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.engine.Tensor;
import dev.sluice.experiments.Settings;
import dev.sluice.models.SplitAutoencoder.Half;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A case of the reference numbers in Sluice's words. The reference names the halves of the code
 * first and second and says which digits each serves; Sluice's low half comes first and serves 0–4.
 * A case that does not fit is <em>swapped</em> (the reference's first half is our high half: the
 * units of the code change places) or <em>relabelled</em> (digit d is called d + 5 mod 10), or
 * both.
 */
record GoldenCase(
        String name, JsonNode json, boolean swapped, boolean relabelled, Settings settings) {
    private static final Map<String, String> MAPS = Map.of("0", "first", "2", "second", "4", "out");

    /** A case of the published loop. */
    static GoldenCase of(String name, JsonNode json, JsonNode index) {
        JsonNode w = json.path("loss_weights");
        boolean firstOnly = w.path("second_route_on_its_digits").asDouble() == 0;
        boolean onAll = w.path("first_route_on_other_digits").asDouble() != 0;
        boolean highFirst = json.path("digits_of_first_half").asText().startsWith("5");
        boolean swapped = firstOnly || onAll || highFirst;
        double first = w.path("l1_first_half").asDouble();
        double second = w.path("l1_second_half").asDouble();
        double low = swapped ? second : first;
        double high = swapped ? first : second;
        boolean routed = json.path("routed").asBoolean();
        if ((onAll && !routed) || (low == 0 && high != 0)) {
            throw new AssertionError(name + ": no setting of split digits says this: " + w);
        }
        Map<String, String> s = sizes(index, index.path("batch").asInt());
        s.put("l1", Double.toString(low));
        s.put("l1_high_factor", Double.toString(low == 0 ? 1 : high / low));
        s.put("correlation", w.path("correlation").asText());
        s.put("routing", !routed ? "none" : onAll ? "high-half-on-all" : "digits");
        s.put("decoders", json.path("two_decoders").asBoolean() ? "separate" : "shared");
        s.put("decoder_digits", firstOnly ? "5-9" : "0-9");
        return new GoldenCase(name, json, swapped, swapped != highFirst, settings(s));
    }

    /** A case of the mask variant: one mean over all images, a nominal batch under the L1 sum. */
    static GoldenCase maskVariant(String name, JsonNode json, JsonNode index) {
        Map<String, String> s = sizes(index, nominal(name));
        s.put("mean", "single");
        s.put("l1", "1e-3");
        s.put("correlation", "0");
        return new GoldenCase(name, json, false, false, settings(s));
    }

    /** The published defaults: routed, both penalties. */
    static GoldenCase standard(String name, JsonNode json, JsonNode index) {
        Map<String, String> s = sizes(index, index.path("batch").asInt());
        return new GoldenCase(name, json, false, false, settings(s));
    }

    static int nominal(String name) {
        return Integer.parseInt(name.substring(name.lastIndexOf('_') + 1));
    }

    private static Map<String, String> sizes(JsonNode index, int batch) {
        JsonNode hidden = index.path("hidden");
        Map<String, String> s = new LinkedHashMap<>();
        s.put("hidden", hidden.path(0).asText() + "x" + hidden.path(1).asText());
        s.put("code", index.path("latent").asText());
        s.put("batch", Integer.toString(batch));
        s.put("epochs", "1000");
        s.put("lr", index.path("learning_rate").asText());
        s.put("weight_decay", index.path("weight_decay_l2").asText());
        s.put("verify_every", "2");
        return s;
    }

    private static Settings settings(Map<String, String> values) {
        return Settings.of(
                SplitDigitsSettings.DECLARED, SplitDigitsSettings.preset("paper"), values);
    }

    /** The same case with one setting changed. */
    GoldenCase with(String key, String value) {
        Settings changed =
                Settings.of(SplitDigitsSettings.DECLARED, settings.values(), Map.of(key, value));
        return new GoldenCase(name, json, swapped, relabelled, changed);
    }

    SplitDigitsSettings typed() {
        return SplitDigitsSettings.of(settings);
    }

    int label(int digit) {
        return relabelled ? (digit + 5) % 10 : digit;
    }

    /** Whether the first half of the reference serves a digit. */
    boolean firstServes(int digit) {
        return label(digit) >= 5 == swapped;
    }

    Half half(boolean first) {
        return first == swapped ? Half.HIGH : Half.LOW;
    }

    /** {@code low} or {@code high}. */
    String halfName(boolean first) {
        return first == swapped ? "high" : "low";
    }

    /** Our name of a parameter of the reference. */
    String parameter(String theirs) {
        List<String> path = List.of(theirs.split("\\.", -1));
        String map = MAPS.get(path.get(1));
        if (path.size() != 3 || map == null) {
            throw new AssertionError("unknown parameter " + theirs);
        }
        return part(path.get(0)) + "." + map + "." + path.get(2);
    }

    private String part(String theirs) {
        boolean separate = typed().separateDecoders();
        return switch (theirs) {
            case "encoder" -> "encoder";
            case "decoder_good" -> separate && swapped ? "decoder_high" : "decoder";
            case "decoder_bad" -> swapped ? "decoder" : "decoder_high";
            case "decoder_certificate_top" -> "certificate_" + halfName(true);
            case "decoder_certificate_bot" -> "certificate_" + halfName(false);
            default -> throw new AssertionError("unknown part " + theirs);
        };
    }

    /** From their order of the code's units to ours, or back, in the tensor of a parameter. */
    Tensor turn(String theirs, Tensor t) {
        if (theirs.equals("encoder.4.weight")) {
            return turn(t, 0);
        }
        return theirs.equals("decoder_good.0.weight") || theirs.equals("decoder_bad.0.weight")
                ? turn(t, 1)
                : t;
    }

    /** From their order of the code's units to ours, or back, along an axis. */
    Tensor turn(Tensor t, int axis) {
        if (!swapped) {
            return t;
        }
        long half = t.size(axis) / 2;
        return Tensor.concat(List.of(t.narrow(axis, half, half), t.narrow(axis, 0, half)), axis);
    }

    /** The files that hold tensors of this case. */
    List<String> files() {
        List<String> files = new ArrayList<>();
        json.path("tensors").forEach(f -> files.add(f.asText()));
        return files;
    }
}
