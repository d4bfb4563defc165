package dev.sluice.routing.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.routing.Batch;
import dev.sluice.routing.HookName;
import dev.sluice.routing.Mask;
import dev.sluice.routing.Route;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The units of a plan in words mean those whose weight is not 0. */
final class TrainedUnitsTest {
    private static final int UNITS = 12;

    private static String said(Mask mask) {
        RoutingRule<Batch.Labelled> rule = RoutingRule.label(label -> "a");
        RoutePlan<Batch.Labelled> plan =
                RoutePlan.of(Route.at(HookName.of("h")).<Batch.Labelled>by(rule).mask("a", mask));
        Map<String, List<TrainedUnits>> found = TrainedUnits.of(plan);
        return Objects.requireNonNull(found.get("a")).get(0).units();
    }

    private static BitSet read(String said) {
        BitSet units = new BitSet();
        String ranges = said.replaceFirst("^all but ", "");
        if (!said.equals("all") && !said.equals("none")) {
            for (String range : ranges.split(", ", -1)) {
                String[] ends = range.split("-", -1);
                units.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        }
        if (said.startsWith("all")) {
            units.flip(0, UNITS);
        }
        return units;
    }

    @Property
    void any_mask_is_said_as_the_units_that_it_lets_through(
            @ForAll @IntRange(min = -1, max = 1) int elsewhere,
            @ForAll @Size(max = 5) List<@IntRange(min = 0, max = UNITS - 1) Integer> starts,
            @ForAll @Size(5) List<@IntRange(min = 1, max = 5) Integer> lengths,
            @ForAll @Size(5) List<@IntRange(min = -1, max = 1) Integer> weights) {
        Mask mask = Mask.all("x", elsewhere);
        for (int i = 0; i < starts.size(); i++) {
            int from = starts.get(i);
            int to = Math.min(UNITS, from + lengths.get(i));
            mask = mask.with(from, to, weights.get(i));
        }
        float[] expected = mask.weights(UNITS);
        BitSet found = read(said(mask));
        for (int i = 0; i < UNITS; i++) {
            assertEquals(expected[i] != 0, found.get(i), "unit " + i + " of " + said(mask));
        }
    }

    @Test
    void weights_given_one_by_one_and_the_whole_axis_have_words_too() {
        assertEquals("1-2, 4", said(Mask.of("x", 0, 1, -0.5, 0, 2)));
        assertEquals("none", said(Mask.all("x", 0)));
        assertEquals("all", said(Mask.all("x", -1)));
        assertEquals("all but 3-7", said(Mask.all("x", 1).with(3, 8, 0)));
    }
}
