package dev.sluice.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

final class HookNameTest {
    private static final List<String> NAMES = names();

    /** All names of up to five of the characters that patterns are made of. */
    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of(""));
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).length() < 5) {
                for (String c : List.of("a", "b", ".")) {
                    names.add(names.get(i) + c);
                }
            }
        }
        return names;
    }

    /** Patterns of so few characters share a short name if they share one. */
    @Property(tries = 2000)
    void patterns_overlap_where_a_name_matches_both(
            @ForAll @StringLength(max = 4) @Chars({'a', 'b', '.', '*'}) String one,
            @ForAll @StringLength(max = 4) @Chars({'a', 'b', '.', '*'}) String other) {
        Assume.that(!one.contains("***") && !other.contains("***")); // three stars are themselves
        HookName first = HookName.of(one);
        HookName second = HookName.of(other);
        boolean shared = NAMES.stream().anyMatch(n -> first.matches(n) && second.matches(n));
        if (shared) {
            assertTrue(first.overlaps(second));
        }
        if (one.length() + other.length() <= 5) {
            assertEquals(shared, first.overlaps(second));
        }
        assertEquals(first.overlaps(second), second.overlaps(first));
    }

    @Example
    void a_star_stays_one_in_the_nearest_names() {
        assertEquals(
                "unknown hook point 'blocks.*.mlp.hook_pots'; nearest: blocks.*.mlp.hook_post,"
                        + " ln_final.hook_scale",
                HookName.of("blocks.*.mlp.hook_pots")
                        .unknown(
                                "hook point",
                                List.of(
                                        "blocks.0.mlp.hook_post",
                                        "blocks.1.mlp.hook_post",
                                        "ln_final.hook_scale")));
    }
}
