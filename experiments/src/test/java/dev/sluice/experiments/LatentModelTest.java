package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.ImageData;
import dev.sluice.engine.DType;
import dev.sluice.engine.GradMode;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.training.Trial;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Codes to play with and pictures of plans, of every experiment that offers them. */
final class LatentModelTest {
    private static final ImageData DATA = TinyDigits.data();

    private static TrialRequest request(Experiment experiment) {
        Variant headline = experiment.variants().get(0);
        Settings settings =
                Settings.of(
                        experiment.settings(),
                        experiment.preset("smoke"),
                        headline.settings(),
                        Map.of("images", "0", "batch", "30", "hidden", "16x8"));
        return new TrialRequest(headline.name(), settings, 3, DATA, DType.F32, false);
    }

    private static void withModel(String name, BiConsumer<LatentModel, Integer> use) {
        Experiment experiment = Catalogue.experiment(name);
        TrialRequest request = request(experiment);
        try (Trial trial = experiment.open(request);
                LatentModel model =
                        experiment
                                .latents(request.settings(), trial.model().state())
                                .orElseThrow();
                TensorScope scope = TensorScope.open();
                GradMode off = GradMode.off()) {
            use.accept(model, DATA.test().height() * DATA.test().width());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"split-digits", "routed-vae"})
    void aUnitPutOutOfActionIsAZeroInTheCodeForEveryView(String name) {
        withModel(
                name,
                (model, pixels) -> {
                    Tensor x = Tensor.uniform(Rng.of(1), 0, 1, DType.F32, 4, pixels);
                    Tensor code = model.encode(x);
                    int units = model.units().size();
                    assertEquals(units, code.size(1));
                    double[] keep = new double[units];
                    Arrays.fill(keep, 1);
                    keep[1] = keep[units - 1] = 0;
                    Tensor without = code.mul(Tensor.of(keep, 1, units).to(DType.F32));
                    var ablated = model.decode(code, Set.of(1, units - 1));
                    var zeroed = model.decode(without, Set.of());
                    assertEquals(
                            model.views().stream()
                                    .map(LatentModel.View::id)
                                    .collect(Collectors.toSet()),
                            ablated.keySet());
                    ablated.forEach(
                            (view, picture) ->
                                    assertArrayEquals(
                                            at(zeroed, view).toFloats(),
                                            picture.toFloats(),
                                            1e-6f,
                                            view));
                    assertFalse(
                            Arrays.equals(
                                    at(model.decode(code, Set.of()), "decoder").toFloats(),
                                    at(ablated, "decoder").toFloats()));
                });
    }

    private static Tensor at(Map<String, Tensor> pictures, String view) {
        return Objects.requireNonNull(pictures.get(view));
    }

    @ParameterizedTest
    @ValueSource(strings = {"split-digits", "routed-vae"})
    void aPictureOfAPlanShowsEachExamplesOwnMaskAndNoClaimedPath(String name) {
        Experiment experiment = Catalogue.experiment(name);
        PlanPicture picture = experiment.picture(request(experiment), null).orElseThrow();
        assertTrue(picture.check().errors().isEmpty());
        PlanPicture.RoutedPlace place = picture.routes().get(0);
        assertFalse(place.examples().isEmpty());
        for (PlanPicture.Example example : place.examples()) {
            assertEquals(place.masks().get(example.route()), example.mask());
        }
        assertFalse(picture.reach().paths().isEmpty());
        assertTrue(picture.reach().paths().stream().noneMatch(p -> p.claimed()));
    }
}
