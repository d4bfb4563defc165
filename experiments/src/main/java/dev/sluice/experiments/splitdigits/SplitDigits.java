package dev.sluice.experiments.splitdigits;

import dev.sluice.engine.DType;
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
import dev.sluice.models.SplitAutoencoder;
import dev.sluice.report.HtmlReport;
import dev.sluice.report.Table;
import dev.sluice.training.Trial;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The experiment {@code split-digits}: the rows of the paper's table 2 and a few controls. */
public final class SplitDigits implements RoutedExperiment {
    private static final Map<String, String> UNROUTED = Map.of("routing", "none");
    private static final List<Variant> VARIANTS =
            List.of(
                    new Variant("routed", "gradient routing (table 2, row 1)", Map.of()),
                    new Variant(
                            "separate-decoders",
                            "a decoder for each group of digits (row 2)",
                            Map.of("decoders", "separate")),
                    new Variant(
                            "no-correlation",
                            "no correlation penalty (row 3)",
                            Map.of("correlation", "0")),
                    new Variant(
                            "no-regularisation",
                            "no penalties (row 4); training diverges",
                            Map.of("correlation", "0", "l1", "0")),
                    new Variant(
                            "no-regularisation-separate-decoders",
                            "no penalties, two decoders (row 5)",
                            Map.of("correlation", "0", "l1", "0", "decoders", "separate")),
                    new Variant(
                            "high-half-on-all",
                            "the high half trained on all digits, its L1 2e-2 (row 6)",
                            Map.of(
                                    "routing",
                                    "high-half-on-all",
                                    "l1_high_factor",
                                    "6.666666666666667")),
                    new Variant(
                            "high-only-l1",
                            "no routing, trained on 5-9 alone, L1 1e-3 (row 7)",
                            Map.of(
                                    "routing",
                                    "none",
                                    "decoder_digits",
                                    "5-9",
                                    "l1",
                                    "1e-3",
                                    "correlation",
                                    "0")),
                    new Variant(
                            "high-only",
                            "no routing, trained on 5-9 alone, no penalties (row 8)",
                            Map.of(
                                    "routing",
                                    "none",
                                    "decoder_digits",
                                    "5-9",
                                    "l1",
                                    "0",
                                    "correlation",
                                    "0")),
                    new Variant(
                            "no-routing", "the control: penalties, no routing (row 9)", UNROUTED),
                    new Variant(
                            "no-routing-no-regularisation",
                            "neither routing nor penalties (row 10)",
                            Map.of("routing", "none", "l1", "0", "correlation", "0")),
                    new Variant(
                            "routing-share",
                            "half of all images train the high half besides their own",
                            Map.of("routing_share", "0.5")),
                    new Variant(
                            "hash-control",
                            "halves by a hash of the pixels instead of the digit",
                            Map.of("routing", "hash")),
                    new Variant(
                            "single-mean",
                            "one mean over all images, L1 1e-3, no correlation penalty",
                            Map.of("mean", "single", "l1", "1e-3", "correlation", "0")),
                    new Variant(
                            "plain",
                            "a plain autoencoder with L1 and one mean over all images",
                            Map.of("routing", "none", "mean", "single", "correlation", "0")),
                    new Variant(
                            "six-to-nine-only",
                            "no routing, trained on 6-9 alone: certificates still read unseen digits",
                            Map.of(
                                    "routing",
                                    "none",
                                    "decoder_digits",
                                    "6-9",
                                    "correlation",
                                    "0")));

    @Override
    public String name() {
        return "split-digits";
    }

    @Override
    public String description() {
        return "an autoencoder whose code is split by routing: one half for digits 0-4, one for 5-9";
    }

    @Override
    public List<Setting> settings() {
        return SplitDigitsSettings.DECLARED;
    }

    @Override
    public Map<String, String> preset(String preset) {
        return SplitDigitsSettings.preset(preset);
    }

    @Override
    public void check(Settings settings) {
        SplitDigitsSettings.of(settings);
    }

    @Override
    public List<Variant> variants() {
        return VARIANTS;
    }

    /** A variant in words, at a point of a sweep with its settings. */
    static String describe(String point) {
        int at = point.indexOf('@');
        String name = at < 0 ? point : point.substring(0, at);
        String words =
                VARIANTS.stream()
                        .filter(v -> v.name().equals(name))
                        .map(Variant::description)
                        .findFirst()
                        .orElse(name);
        return at < 0 ? words : words + ", " + point.substring(at + 1);
    }

    @Override
    public String control() {
        return "no-routing";
    }

    @Override
    public List<Metric> metrics() {
        String mse = "mean squared error per pixel, images in [-1, 1]";
        String mae = "mean absolute error per pixel, images in [-1, 1]";
        return List.of(
                new Metric(
                        "separation.{low,high}",
                        "ratio",
                        "on the images of a group: MSE of the"
                                + " wrong half's certificate / MSE of the right half's; 1: no split"),
                new Metric("decoder.mse.{low,high}", mse, "the autoencoder itself"),
                new Metric("decoder.mae.{low,high}", mae, "the autoencoder itself"),
                new Metric(
                        "certificate.{low,high}.mse.{low,high}",
                        mse,
                        "first the half that the certificate reads, then the images"),
                new Metric("certificate.{low,high}.mae.{low,high}", mae, "the same, absolute"),
                new Metric(
                        "constant.mse.{low,high}",
                        mse,
                        "the best constant image: the training images' pixel mean"),
                new Metric("constant.mae.{low,high}", mae, "the same, absolute"),
                new Metric(
                        "per_label.{0..9}.{decoder,certificate.low,certificate.high}.{mse,mae}",
                        "as above",
                        "by digit; a group's figure is the mean of its digits'"));
    }

    @Override
    public Set<View> views() {
        return Set.of(View.CODE, View.PLAN);
    }

    @Override
    public RoutedTrial<LabelledImages> open(TrialRequest request) {
        return SplitDigitsTask.open(request);
    }

    @Override
    public Map<String, Function<TrialRequest, Trial>> mechanisms() {
        return SplitDigitsMechanisms.all();
    }

    @Override
    public SplitAutoencoder model(Settings settings, Map<String, Tensor> weights) {
        int pixels = TrainedModel.size(weights, "encoder.first.weight", 1);
        SplitAutoencoder model =
                new SplitAutoencoder(
                        SplitDigitsSettings.of(settings).sizes(pixels), DType.F32, Rng.of(0));
        return TrainedModel.loaded(model, weights);
    }

    @Override
    public Table table(RunView run) {
        return SplitDigitsTables.separation(run);
    }

    @Override
    public Map<String, Table> tables(RunView run) {
        return Map.of(
                "digits.csv", SplitDigitsTables.everyDigit(run),
                "table2.tex", SplitDigitsTables.published(run));
    }

    @Override
    public void report(RunView run, HtmlReport page) {
        new SplitDigitsReport(run).draw(page);
    }
}
