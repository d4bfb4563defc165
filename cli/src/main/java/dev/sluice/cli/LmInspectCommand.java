package dev.sluice.cli;

import dev.sluice.experiments.UsageException;
import dev.sluice.experiments.language.Direction;
import dev.sluice.experiments.language.ModelInspection;
import dev.sluice.experiments.language.TextModel;
import dev.sluice.experiments.language.TokenDirections;
import dev.sluice.experiments.language.TrainedPlan;
import dev.sluice.report.Table;
import dev.sluice.report.Table.Cell;
import dev.sluice.report.Table.Column;
import dev.sluice.routing.Route;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice lm inspect}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Look into a language model: its hook points, parameters and directions.",
            "Prints sizes and memory, hook points and parameters with their axes, the plan it",
            "was trained under and the regions that each class of data trained; or the tokens",
            "that a direction of its residual stream makes likelier."
        },
        footer = {
            "",
            "Examples:",
            "  sluice lm inspect models/gpt2",
            "  sluice lm inspect runs/language-model-20260101-120000-3f2a --json",
            "  sluice lm inspect models/gpt2 --direction mlp:11.2378 --top 20",
            "  sluice lm inspect models/gpt2 --direction 'token: tree'"
        })
final class LmInspectCommand implements Callable<Integer> {
    @Mixin private LmModelParameter model = new LmModelParameter();

    @Option(
            names = "--direction",
            paramLabel = "D",
            description = {
                "token:TEXT its embedding; mlp:LAYER.UNIT what the unit writes;",
                "head:LAYER.HEAD what the head writes most along, or",
                "head:LAYER.HEAD.DIMENSION; dim:N a dimension of the stream;",
                "file:PATH#NAME a vector of a safetensors file"
            })
    private @Nullable String direction;

    @Option(names = "--top", paramLabel = "N", description = "tokens shown (default: 15)")
    private int top = 15;

    @Option(names = "--json", description = "print one JSON document and nothing else")
    private boolean json;

    @Override
    public Integer call() {
        if (top < 1) {
            throw new UsageException("top: expected at least 1, found " + top);
        }
        try (TextModel opened = model.open()) {
            if (direction != null) {
                direction(opened, direction);
            } else {
                whole(opened);
            }
        }
        return ExitCodes.OK;
    }

    private void direction(TextModel opened, String said) {
        double[] vector = Direction.of(said, opened.transformer(), opened::tokenizer);
        TokenDirections found =
                TokenDirections.of(opened.transformer(), opened.tokenizer(), vector, top);
        if (json) {
            JsonOutput.print(found);
            return;
        }
        System.out.println(table("Made likelier along " + said, found.top()).console());
        System.out.println(table("Made likelier the other way", found.bottom()).console());
    }

    private static Table table(String caption, List<TokenDirections.Hit> hits) {
        Table table =
                Table.of(
                        caption,
                        Column.text("token"),
                        Column.number("id", 0),
                        Column.number("cosine", 3),
                        Column.number("logit", 4));
        for (TokenDirections.Hit hit : hits) {
            table.row(
                    Cell.of("'" + hit.text().replace("\n", "\\n") + "'"),
                    Cell.of((double) hit.id()),
                    Cell.of(hit.cosine()),
                    Cell.of(hit.logit()));
        }
        return table;
    }

    private void whole(TextModel opened) {
        TrainedPlan plan = TrainedPlan.of(model.path()).orElse(null);
        ModelInspection found = ModelInspection.of(opened.transformer(), plan);
        if (json) {
            JsonOutput.print(found);
            return;
        }
        var first = found.blocks().get(0);
        System.out.printf(
                Locale.ROOT,
                "%d layers, width %d, %d heads of %d (%d of keys and values), feed-forward %d%n"
                        + "%,d tokens, context %,d, %s output%n"
                        + "%,d parameters: %,.1f MB as loaded, %,.1f MB with gradients and AdamW%n%n",
                found.blocks().size(),
                found.dModel(),
                first.heads(),
                first.dHead(),
                first.kvHeads(),
                first.dMlp(),
                found.vocabulary(),
                found.context(),
                found.tied() ? "tied" : "untied",
                found.parameterCount(),
                found.bytes() / 1e6,
                found.trainingBytes() / 1e6);
        System.out.println(hooks(found).console());
        System.out.println(parameters(found).console());
        if (plan != null) {
            System.out.println(regions(plan).console());
            System.out.println("Trained under the plan\n" + plan.text());
        }
    }

    /** Where all blocks are alike, the first stands for all. */
    private static boolean alike(ModelInspection found) {
        return found.blocks().stream().distinct().count() == 1;
    }

    private static boolean shown(String name, ModelInspection found) {
        return !alike(found) || !name.startsWith("blocks.") || name.startsWith("blocks.0.");
    }

    private static String name(String name, ModelInspection found) {
        return alike(found) ? name.replaceFirst("^blocks\\.0\\.", "blocks.*.") : name;
    }

    private static Table hooks(ModelInspection found) {
        Table table =
                Table.of(
                        "Hook points",
                        Column.text("name"),
                        Column.text("axes"),
                        Column.text("shape"));
        found.hooks().stream()
                .filter(h -> shown(h.name(), found))
                .forEach(
                        h ->
                                table.row(
                                        Cell.of(name(h.name(), found)),
                                        Cell.of(String.join(", ", h.axes())),
                                        Cell.of(String.join(" x ", h.shape()))));
        return table;
    }

    private static Table parameters(ModelInspection found) {
        Table table =
                Table.of(
                        "Parameters",
                        Column.text("name"),
                        Column.text("axes"),
                        Column.text("shape"),
                        Column.number("count", 0));
        found.parameters().stream()
                .filter(p -> shown(p.name(), found))
                .forEach(
                        p ->
                                table.row(
                                        Cell.of(name(p.name(), found)),
                                        Cell.of(String.join(", ", p.axes())),
                                        Cell.of(
                                                p.shape().stream()
                                                        .map(String::valueOf)
                                                        .collect(Collectors.joining(" x "))),
                                        Cell.of((double) p.count())));
        return table;
    }

    private static Table regions(TrainedPlan plan) {
        Table table =
                Table.of(
                        "Regions",
                        Column.text("trained by"),
                        Column.text("at"),
                        Column.text("mask on"),
                        Column.text("axis"),
                        Column.text("units"));
        plan.regions()
                .forEach(
                        (name, parts) ->
                                parts.forEach(
                                        part ->
                                                table.row(
                                                        Cell.of(
                                                                name.equals(Route.OTHERS)
                                                                        ? "all other data"
                                                                        : name),
                                                        Cell.of(part.at()),
                                                        Cell.of(part.mechanism()),
                                                        Cell.of(part.axis()),
                                                        Cell.of(part.units()))));
        return table;
    }
}
