package dev.sluice.export;

import dev.sluice.engine.Names;
import dev.sluice.experiments.UsageException;
import java.util.Arrays;
import java.util.Locale;

/** What a run can be exported as. */
public enum ExportFormat {
    /** Encoder, decoders and whole model as ONNX files, opset 13. */
    ONNX,
    /** The weights with regions, axes and plan in the metadata. */
    SAFETENSORS,
    /** A folder for any static host, on which the model runs in the browser. */
    SITE,
    /** Every metric and every logged step, one value a line. */
    CSV,
    /** TensorBoard event files. */
    TENSORBOARD;

    /**
     * The format of this name.
     *
     * @throws UsageException if there is none, with the nearest names
     */
    public static ExportFormat of(String name) {
        return Arrays.stream(values())
                .filter(f -> f.toString().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        Names.unknown(
                                                "format",
                                                name,
                                                Arrays.stream(values())
                                                        .map(ExportFormat::toString)
                                                        .toList())));
    }

    /** The name on the command line and of the folder. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
