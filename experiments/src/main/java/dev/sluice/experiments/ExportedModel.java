package dev.sluice.experiments;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** What a report says of the ONNX files that were made of a run. */
final class ExportedModel {
    private ExportedModel() {}

    static String text(RunView run, JsonNode check) {
        String variant = check.path("variant").asText();
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "The ONNX files of variant %s, seed %d, read back and computed on %d"
                                        + " test images:",
                                variant,
                                check.path("seed").asLong(),
                                check.path("images").asLong()));
        if (check.has("argmax_accuracy")) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            " the largest output of `encoder.onnx` names the class of %.2f %% of"
                                    + " them%s;",
                            100 * check.path("argmax_accuracy").asDouble(),
                            trained(run, check, variant)));
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        " the mean squared error per pixel of `model.onnx` is %.5f.",
                        check.path("reconstruction.mse").asDouble()));
        return text.toString();
    }

    /** The same figure of the model as it was trained. */
    private static String trained(RunView run, JsonNode check, String variant) {
        int seed = run.manifest().seeds().indexOf(check.path("seed").asLong());
        List<Double> values = run.values(variant, "argmax_accuracy");
        return seed < 0 || seed >= values.size()
                ? ""
                : String.format(Locale.ROOT, " (%.2f %% in training)", 100 * values.get(seed));
    }
}
