package dev.sluice.routing;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Route names in an order that is the same in every run of the program: the caller's where the
 * collection has one, else alphabetical.
 */
final class RouteNames {
    private RouteNames() {}

    static Set<String> ordered(Collection<String> names) {
        boolean own =
                names instanceof List
                        || names instanceof LinkedHashSet
                        || names instanceof SortedSet;
        Set<String> ordered = new LinkedHashSet<>(own ? names : new TreeSet<>(names));
        ordered.forEach(RouteNames::check);
        return Collections.unmodifiableSet(ordered);
    }

    static <V> Map<String, V> ordered(Map<String, ? extends V> byName) {
        boolean own = byName instanceof LinkedHashMap || byName instanceof SortedMap;
        Map<String, V> ordered = new LinkedHashMap<>(own ? byName : new TreeMap<>(byName));
        ordered.keySet().forEach(RouteNames::check);
        return Collections.unmodifiableMap(ordered);
    }

    private static void check(String name) {
        if (name.isBlank() || name.equals(Route.OTHERS)) {
            throw new IllegalArgumentException(
                    "a route needs a name that is not blank and not '*', found '" + name + "'");
        }
    }
}
