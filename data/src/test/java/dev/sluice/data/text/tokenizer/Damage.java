package dev.sluice.data.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.engine.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Changes one value of a JSON document, or takes it away. */
final class Damage {
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private Damage() {}

    private record Spot(Consumer<JsonNode> set, Runnable remove, boolean setting) {}

    static void one(JsonNode whole, Rng rng) {
        List<Spot> spots = new ArrayList<>();
        collect(whole, spots, true);
        List<Spot> settings = spots.stream().filter(Spot::setting).toList();
        List<Spot> from = rng.nextInt(3) == 0 ? spots : settings;
        Spot spot = from.get(rng.nextInt(from.size()));
        List<Supplier<JsonNode>> values =
                List.of(
                        MAKE::nullNode,
                        () -> MAKE.numberNode(-1),
                        () -> MAKE.numberNode(rng.nextInt(4)),
                        () -> MAKE.numberNode(1e30),
                        () -> MAKE.numberNode(4294967295L),
                        () -> MAKE.booleanNode(rng.nextInt(2) == 0),
                        () -> MAKE.textNode(""),
                        () -> MAKE.textNode("(("),
                        () -> MAKE.textNode("\u0120z"),
                        MAKE::arrayNode,
                        MAKE::objectNode);
        int chosen = rng.nextInt(values.size() + 1);
        if (chosen == values.size()) {
            spot.remove.run();
        } else {
            spot.set.accept(values.get(chosen).get());
        }
    }

    private static void collect(JsonNode node, List<Spot> spots, boolean setting) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            boolean settings = setting && names.size() < 50;
            for (String name : names) {
                spots.add(new Spot(v -> object.set(name, v), () -> object.remove(name), settings));
                collect(object.get(name), spots, settings);
            }
        } else if (node instanceof ArrayNode array) {
            boolean settings = setting && array.size() < 50;
            for (int i = 0; i < array.size(); i++) {
                int at = i;
                spots.add(new Spot(v -> array.set(at, v), () -> array.remove(at), settings));
                collect(array.get(i), spots, settings);
            }
        }
    }
}
