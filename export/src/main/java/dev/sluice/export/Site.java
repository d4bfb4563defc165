package dev.sluice.export;

import dev.sluice.data.ImageData;
import dev.sluice.data.ImageSet;
import dev.sluice.engine.AtomicFiles;
import dev.sluice.engine.FileProblem;
import dev.sluice.experiments.Catalogue;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.TrainedModel;
import dev.sluice.experiments.Versions;
import dev.sluice.models.Graph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for any static host: page, style, modules, the model as ONNX, onnxruntime-web, test
 * digits, and a notice of what is not ours. It asks no other host for anything.
 */
final class Site {
    private static final int DIGITS = 1000;

    /** What a site has besides the page of latents. */
    private static final List<String> OWN =
            List.of("site.css", "site.js", "onnx-backend.js", "ort/ort.js", "ort/ort-wasm.js");

    private Site() {}

    static void write(RunView run, TrainedModel model, ImageData data, Path folder) {
        create(folder.resolve("ort"));
        create(folder.resolve("models"));
        Stream.concat(PageFiles.SHARED.stream(), OWN.stream())
                .forEach(f -> AtomicFiles.write(folder.resolve(f), PageFiles.read(f)));
        AtomicFiles.write(folder.resolve("ort/ort.wasm"), PageFiles.unpacked("ort/ort.wasm.gz"));
        AtomicFiles.write(folder.resolve("index.html"), bytes(page(run, model)));
        AtomicFiles.write(folder.resolve("NOTICE"), bytes(notice(data)));
        ImageSet digits = data.test().first(Math.min(DIGITS, data.test().size()));
        AtomicFiles.write(folder.resolve("digits.bin"), PageModel.digits(digits));
        List<Graph> graphs = SiteInfo.graphs(model.exportable());
        OnnxFiles.graphs(model, graphs, digits, folder.resolve("models"));
        SiteInfo info = SiteInfo.of(model.exportable(), digits);
        AtomicFiles.write(folder.resolve("site.json"), OnnxFiles.json(info));
    }

    private static String page(RunView run, TrainedModel model) {
        String description = Catalogue.experiment(run.manifest().experiment()).description();
        String sentence = Character.toUpperCase(description.charAt(0)) + description.substring(1);
        return new String(PageFiles.read("index.html"), StandardCharsets.UTF_8)
                .replace("{{title}}", escape(run.manifest().experiment()))
                .replace("{{subtitle}}", escape(sentence + "."))
                .replace(
                        "{{footer}}",
                        escape(
                                "Variant "
                                        + model.variant()
                                        + ", seed "
                                        + model.seed()
                                        + ", data "
                                        + run.summary().path("data").path("name").asText()
                                        + ". Computed in this browser; nothing leaves it. Sluice "
                                        + Versions.sluice()
                                        + "."));
    }

    private static String notice(ImageData data) {
        String digits =
                switch (data.name()) {
                    case "mnist" ->
                            "MNIST, by Yann LeCun, Corinna Cortes and Christopher J. C. Burges,"
                                    + " CC BY-SA 3.0";
                    case "fashion-mnist" ->
                            "Fashion-MNIST, Copyright 2017 Zalando SE, MIT License (see below)";
                    default ->
                            data.generated()
                                    ? "drawn by Sluice"
                                    : "the data set " + data.name() + ", under its own terms";
                };
        return new String(PageFiles.read("NOTICE"), StandardCharsets.UTF_8)
                .replace("{{digits}}", digits);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + folder, e);
        }
    }
}
