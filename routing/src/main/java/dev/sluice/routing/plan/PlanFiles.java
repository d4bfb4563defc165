package dev.sluice.routing.plan;

import dev.sluice.engine.FileProblem;
import dev.sluice.routing.Batch;
import dev.sluice.routing.PlanReport;
import dev.sluice.routing.PlanReport.Problem;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads and writes plan files. They hold what the Java builder says:
 *
 * <pre>
 * routes:
 *   - at: encoder.out                # hook point or glob; with mechanism: parameter a parameter
 *     mechanism: activation          # activation (the default), parameter, forward
 *     by: {label: {low: [0, 1], high: [2, 3]}}
 *     masks:                         # per route name; "*" for data that no mask names
 *       low:  {axis: latent, weights: {0-15: 1, 16-31: 0}}
 *       high: {axis: latent, weights: {0-15: 0}}
 *     weight: {ramp: 1000}           # or a number; target: 1 unless said
 *     anneal: interpolate            # or scale
 * update:
 *   - {leave: {parameters: "encoder.*", axis: latent, units: 16-31}, on: low}
 * claims:
 *   - {region: {parameters: encoder.bias}, nothing_from: low, through: [reconstruction]}
 * </pre>
 *
 * <p>Units that a mask does not name have weight 1, or that of the key {@code "*"}; a list gives
 * one weight for each unit. A region is one mapping or a list of them. Under {@code by} stands one
 * rule with, beside it, {@code noise: {true_positive, false_positive}}, {@code labelled} (the share
 * of labels that is kept, after noise) and {@code seed}. Rules: {@code label}; {@code labels_file}
 * (see {@link LabelsFile}; the name is relative to the plan's folder); {@code mixture}, a list of
 * {@code {weight, by}}; {@code largest}, a list of rules; and those that {@link RuleReader}s bring.
 * Files that end in {@code .json} are read as JSON, all others as YAML without aliases and tags.
 */
public final class PlanFiles {
    private static final int LIMIT = 1 << 22;

    private PlanFiles() {}

    /**
     * A plan for labelled examples.
     *
     * @throws PlanException if the file is missing or is no plan
     * @throws UncheckedIOException if the system will not let it be read
     */
    public static RoutePlan<Batch.Labelled> read(Path file) {
        return read(file, Batch.Labelled.class);
    }

    /**
     * A plan for batches of a kind; rules that must know more of a batch are refused.
     *
     * @param resources what rules may need beside the file, such as a tokenizer for rules on text
     * @throws PlanException if the file is missing or is no plan
     * @throws UncheckedIOException if the system will not let it be read
     */
    public static <B extends Batch> RoutePlan<B> read(
            Path file, Class<B> batch, Object... resources) {
        return parse(text(file, "a plan file"), file, batch, resources);
    }

    /**
     * Refuses a plan that was read from a file and does not fit a model.
     *
     * @throws PlanException with the place of the first error in the file, and all of them
     */
    public static void requireFit(Path file, PlanReport report) {
        List<Problem> errors = report.errors();
        if (!errors.isEmpty()) {
            StringBuilder found = new StringBuilder(errors.get(0).message());
            errors.stream()
                    .skip(1)
                    .forEach(e -> found.append("\n  ").append(e.place() + ": " + e.message()));
            throw misfit(file, errors.get(0).place(), found.toString());
        }
    }

    /** With line and column, if the file can be read again: a pipe cannot. */
    private static PlanException misfit(Path file, String place, String found) {
        String fits = "what fits the model";
        try {
            PlanNode root = PlanParser.parse(withoutMark(text(file, "a plan file")), file, "plan");
            return at(root, place).wrong(fits, found);
        } catch (PlanException | UncheckedIOException e) {
            return new PlanException(file, 0, 0, place, fits, found);
        }
    }

    /** The value at a place such as {@code routes[0].masks}, or the one around it. */
    private static PlanNode at(PlanNode root, String place) {
        PlanNode node = root;
        for (String part : place.split("[.\\[\\]]+", -1)) {
            boolean index = node.isList() && part.matches("\\d{1,6}");
            if (node.isMapping() && node.mapping().containsKey(part)) {
                node = node.get(part);
            } else if (index && Integer.parseInt(part) < node.list().size()) {
                node = node.list().get(Integer.parseInt(part));
            }
        }
        return node;
    }

    /**
     * One rule: a file that holds what stands under {@code by}, with or without that word.
     *
     * @param resources what rules may need beside the file
     * @throws PlanException if the file is missing or holds no rule
     * @throws UncheckedIOException if the system will not let it be read
     */
    public static <B extends Batch> RoutingRule<? super B> readRule(
            Path file, Class<B> batch, Object... resources) {
        return parseRule(text(file, "a file with a rule"), file, batch, resources);
    }

    /**
     * One rule in a text: what stands under {@code by}, with or without that word.
     *
     * @param file where the text comes from: what complaints name and file names are relative to
     * @param resources what rules may need beside the text; {@link FileNames} among them decide
     *     about the files that it names
     * @throws PlanException if it holds no rule
     */
    public static <B extends Batch> RoutingRule<? super B> parseRule(
            String text, Path file, Class<B> batch, Object... resources) {
        PlanNode root = PlanParser.parse(withoutMark(text), file, "rule");
        if (root.mapping().containsKey("routes")) {
            throw root.wrong("a rule: what stands under `by` of a route", "a plan with routes");
        }
        boolean named = root.mapping().containsKey("by");
        root.mapping(named ? List.of("by") : root.mapping().keySet());
        return new RulesReader<B>(batch, file, List.of(resources))
                .rule(named ? root.get("by") : root);
    }

    /**
     * Refuses a plan file that is not there or is neither YAML nor JSON, before work begins that
     * leads up to reading it. What comes through a pipe can be read only once, and is left.
     *
     * @throws PlanException if there is none, or with the place of the mistake
     */
    public static void requireFile(Path file) {
        if (!Files.exists(file) || Files.isDirectory(file) || Files.isRegularFile(file)) {
            PlanParser.parse(withoutMark(text(file, "a plan file")), file, "plan");
        }
    }

    private static String text(Path file, String expected) {
        byte[] bytes;
        if (Files.isDirectory(file)) {
            throw new PlanException(file, 0, 0, "", expected, "a folder");
        }
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LIMIT + 1);
        } catch (NoSuchFileException e) {
            throw new PlanException(file, 0, 0, "", expected, FileProblem.missing(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (bytes.length > LIMIT) {
            throw new PlanException(file, 0, 0, "", "at most " + LIMIT + " bytes", "more");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new PlanException(file, 0, 0, "", "text in UTF-8", "other bytes");
        }
    }

    /**
     * The plan in a text.
     *
     * @param file where the text comes from: what complaints name and file names are relative to
     * @param resources what rules may need beside the file
     * @throws PlanException if it is no plan
     */
    public static <B extends Batch> RoutePlan<B> parse(
            String text, Path file, Class<B> batch, Object... resources) {
        return new PlanReader<B>(new RulesReader<>(batch, file, List.of(resources)))
                .plan(PlanParser.parse(withoutMark(text), file, "plan"));
    }

    /** A text without the mark that some editors put at the beginning. */
    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /**
     * A plan as YAML, which {@link #parse} reads back to an equal one.
     *
     * @throws IllegalArgumentException naming the place of a rule or mask that plan files cannot
     *     express, such as a rule that is a lambda
     */
    public static String write(RoutePlan<?> plan) {
        return new PlanWriter().text(plan);
    }
}
