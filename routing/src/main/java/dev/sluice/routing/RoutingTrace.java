package dev.sluice.routing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a plan did in one step: how many data points took each route, and how often each place was
 * reached.
 */
public final class RoutingTrace {
    /** What happened at one place. */
    public static final class Place {
        private final Map<String, Integer> points;
        private final boolean expectsGradient;
        private int forward;
        private int backward;

        Place(Map<String, Integer> points, boolean expectsGradient) {
            this.points = Collections.unmodifiableMap(points);
            this.expectsGradient = expectsGradient;
        }

        /** Data points per route name; {@link Route#OTHERS} counts those that no mask names. */
        public Map<String, Integer> points() {
            return points;
        }

        /** Forward passes that came through. */
        public int forward() {
            return forward;
        }

        /** Gradients that came back. */
        public int backward() {
            return backward;
        }

        void passedForward() {
            forward++;
        }

        void passedBackward() {
            backward++;
        }
    }

    private final Map<String, Place> places = new LinkedHashMap<>();

    RoutingTrace() {}

    Place place(String key, Map<String, Integer> points, boolean expectsGradient) {
        Place place = new Place(points, expectsGradient);
        places.put(key, place);
        return place;
    }

    /** By "mechanism name#route number", in the order of the plan. */
    public Map<String, Place> places() {
        return Collections.unmodifiableMap(places);
    }

    /** The first place that no forward pass reached, or that no gradient came back to. */
    java.util.Optional<String> unreached(boolean backwardToo) {
        return places.entrySet().stream()
                .filter(
                        e ->
                                e.getValue().forward == 0
                                        || (backwardToo
                                                && e.getValue().expectsGradient
                                                && e.getValue().backward == 0))
                .map(
                        e ->
                                e.getKey()
                                        + (e.getValue().forward == 0
                                                ? ": the forward pass did not come through"
                                                : ": no gradient came back"))
                .findFirst();
    }
}
