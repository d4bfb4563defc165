package dev.sluice.experiments.routedvae;

import dev.sluice.engine.DType;
import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.experiments.LabelledImages;
import dev.sluice.experiments.Metric;
import dev.sluice.experiments.RoutedExperiment;
import dev.sluice.experiments.RoutedTrial;
import dev.sluice.experiments.RunView;
import dev.sluice.experiments.Setting;
import dev.sluice.experiments.Settings;
import dev.sluice.experiments.TrainedModel;
import dev.sluice.experiments.TrialRequest;
import dev.sluice.experiments.Variant;
import dev.sluice.models.VariationalAutoencoder;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The experiment {@code routed-vae}: a unit of the code for each class, without a label loss. */
public final class RoutedVae implements RoutedExperiment {
    private final SharedClassifier classifier = new SharedClassifier();

    @Override
    public String name() {
        return "routed-vae";
    }

    @Override
    public String description() {
        return "a variational autoencoder whose code has a unit for each class, by routing alone";
    }

    @Override
    public List<Setting> settings() {
        return RoutedVaeSettings.DECLARED;
    }

    @Override
    public Map<String, String> preset(String preset) {
        return RoutedVaeSettings.preset(preset);
    }

    @Override
    public void check(Settings settings) {
        RoutedVaeSettings.of(settings);
    }

    @Override
    public List<Variant> variants() {
        return List.of(
                new Variant("best", "every unit alive and its class read off it", Map.of()),
                new Variant("reference", "as published", RoutedVaeSettings.REFERENCE),
                new Variant(
                        "no-routing",
                        "the control: as best, without routing",
                        Map.of("routing", "none")));
    }

    @Override
    public String control() {
        return "no-routing";
    }

    @Override
    public List<Metric> metrics() {
        String share = "share";
        String mse = "mean squared error per pixel, images in [0, 1]";
        return List.of(
                new Metric(
                        "argmax_accuracy",
                        share,
                        "test images whose largest mean, details added, is at a unit of their"
                                + " class"),
                new Metric(
                        "argmax_accuracy.sampled",
                        share,
                        "the same with a sampled code, before details"),
                new Metric(
                        "dead_dimensions",
                        "classes",
                        "of which fewer than half of the images are read as them"),
                new Metric("reconstruction.mse", mse, "decode(ReLU(mean)), without noise"),
                new Metric(
                        "reconstruction.sse",
                        "sum of squared errors per image",
                        "the same, summed over pixels as the training loss does"),
                new Metric(
                        "kl",
                        "mean over images and units",
                        "the divergence of the variant's parametrisation, before its weight"),
                new Metric(
                        "traversal.identity",
                        share,
                        "units k whose code 1.5 at k, else 0, decodes to an image that a"
                                + " separately trained convolutional classifier reads as its class"),
                new Metric(
                        "off_label_share",
                        share,
                        "of the summed code ReLU(mean) that is outside the units of the label"),
                new Metric("classifier.accuracy", share, "test images that this classifier reads"),
                new Metric("per_label.{K}.reconstruction.mse", mse, "by class"),
                new Metric("per_label.{K}.recall", share, "images of class K read as K"));
    }

    @Override
    public Set<View> views() {
        return Set.of(View.CODE, View.PLAN);
    }

    @Override
    public RoutedTrial<LabelledImages> open(TrialRequest request) {
        int steps = request.settings().integer("classifier_steps");
        return new RoutedTrial<>(
                request, new RoutedVaeTask(request, () -> classifier.of(request.images(), steps)));
    }

    @Override
    public Layer model(Settings settings, Map<String, Tensor> weights) {
        RoutedVaeSettings declared = RoutedVaeSettings.of(settings);
        int pixels = TrainedModel.size(weights, "encoder.first.weight", 1);
        int latent = TrainedModel.size(weights, "mean.weight", 0);
        VariationalAutoencoder model =
                new VariationalAutoencoder(
                        declared.sizes(pixels, latent / declared.unitsPerClass()),
                        declared.parametrisation(),
                        declared.activation(),
                        declared.schedules().detailShare().to(),
                        DType.F32,
                        Rng.of(0));
        return TrainedModel.loaded(model, weights);
    }

    @Override
    public Table table(RunView run) {
        return RoutedVaeTables.main(run);
    }

    @Override
    public void report(RunView run, HtmlReport page) {
        new RoutedVaeReport(run).draw(page);
    }
}
