package dev.sluice.experiments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.data.ImageData;
import dev.sluice.engine.DType;
import dev.sluice.routing.Reach;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of plans, of every experiment that offers them. */
final class PlanPictureTest {
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

    @ParameterizedTest
    @ValueSource(strings = {"split-digits", "routed-vae"})
    void aPictureOfAPlanShowsEachExamplesOwnMask(String name) {
        Experiment experiment = Catalogue.experiment(name);
        List<AtStep<PlanPicture>> pictures = experiment.pictures(request(experiment), null);
        assertFalse(pictures.isEmpty());
        for (AtStep<PlanPicture> picture : pictures) {
            assertTrue(picture.found().check().errors().isEmpty());
            PlanPicture.RoutedPlace place = picture.found().routes().get(0);
            assertFalse(place.examples().isEmpty());
            for (PlanPicture.Example example : place.examples()) {
                assertEquals(place.masks().get(example.route()), example.mask());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"split-digits", "routed-vae"})
    void eachClassTouchesParametersAndNoneThatAClaimDenies(String name) {
        Experiment experiment = Catalogue.experiment(name);
        TrialRequest request = request(experiment);
        List<AtStep<Reach>> found = experiment.reach(request, null);
        List<AtStep<PlanPicture>> pictures = experiment.pictures(request, null);
        assertEquals(
                pictures.stream().map(AtStep::step).toList(),
                found.stream().map(AtStep::step).toList());
        Set<String> known =
                pictures.get(0).found().parameters().stream()
                        .map(PlanPicture.ParameterShape::name)
                        .collect(Collectors.toSet());
        for (AtStep<Reach> reach : found) {
            List<Reach.Path> paths = reach.found().paths();
            assertFalse(paths.isEmpty());
            assertTrue(paths.stream().allMatch(p -> known.contains(p.parameter())));
            assertTrue(paths.stream().noneMatch(Reach.Path::claimed));
        }
    }
}
