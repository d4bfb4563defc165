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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A folder for any static host: page, style, modules, the model as ONNX, onnxruntime-web, test
 * digits, and a notice of what is not ours. It asks no other host for anything.
 */
final class Site {
    private static final int DIGITS = 1000;
    private static final List<String> PAGE =
            List.of(
                    "mark.svg",
                    "latents.css",
                    "site.js",
                    "latents.js",
                    "onnx-backend.js",
                    "elements.js",
                    "drawing.js",
                    "digit.js",
                    "picker.js",
                    "sliders.js",
                    "ort/ort.js",
                    "ort/ort-wasm.js");

    private Site() {}

    static void write(RunView run, TrainedModel model, ImageData data, Path folder) {
        create(folder.resolve("ort"));
        create(folder.resolve("models"));
        for (String file : PAGE) {
            AtomicFiles.write(folder.resolve(file), resource(file));
        }
        AtomicFiles.write(folder.resolve("ort/ort.wasm"), unpacked("ort/ort.wasm.gz"));
        AtomicFiles.write(folder.resolve("index.html"), bytes(page(run, model)));
        AtomicFiles.write(folder.resolve("NOTICE"), bytes(notice(data)));
        ImageSet digits = data.test().first(Math.min(DIGITS, data.test().size()));
        AtomicFiles.write(folder.resolve("digits.bin"), packed(digits));
        List<Graph> graphs = SiteInfo.graphs(model.exportable());
        OnnxFiles.graphs(model, graphs, digits, folder.resolve("models"));
        SiteInfo info = SiteInfo.of(model.exportable(), digits);
        AtomicFiles.write(folder.resolve("site.json"), OnnxFiles.json(info));
    }

    /** A byte for each label, then one for each pixel. */
    private static byte[] packed(ImageSet digits) {
        byte[] all =
                java.util.Arrays.copyOf(digits.labels(), digits.size() + digits.images().length);
        System.arraycopy(digits.images(), 0, all, digits.size(), digits.images().length);
        return all;
    }

    private static String page(RunView run, TrainedModel model) {
        String description = Catalogue.experiment(run.manifest().experiment()).description();
        String sentence = Character.toUpperCase(description.charAt(0)) + description.substring(1);
        return new String(resource("index.html"), StandardCharsets.UTF_8)
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
        return new String(resource("NOTICE"), StandardCharsets.UTF_8).replace("{{digits}}", digits);
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

    private static byte[] resource(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + name + " of the program", e);
        }
    }

    private static byte[] unpacked(String name) {
        try (InputStream in = new GZIPInputStream(open(name))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw FileProblem.of("cannot read " + name + " of the program", e);
        }
    }

    private static InputStream open(String name) {
        InputStream in = Site.class.getResourceAsStream("site/" + name);
        if (in == null) {
            throw new IllegalStateException("missing from the jar: " + name);
        }
        return in;
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FileProblem.of("cannot create " + folder, e);
        }
    }
}
