package dev.sluice.experiments.language;

import dev.sluice.data.DataException;
import dev.sluice.data.text.tokenizer.Tokenizer;
import dev.sluice.engine.Names;
import dev.sluice.engine.SafetensorsFile;
import dev.sluice.engine.Tensor;
import dev.sluice.engine.TensorScope;
import dev.sluice.engine.Weights;
import dev.sluice.experiments.UsageException;
import dev.sluice.models.transformer.Transformer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A direction in the residual stream of a model, as a person writes it: {@code token:TEXT} the
 * embedding of a token; {@code mlp:LAYER.UNIT} what a feed-forward unit writes; {@code
 * head:LAYER.HEAD} the direction that an attention head writes most along, {@code
 * head:LAYER.HEAD.DIMENSION} what one of its dimensions writes; {@code dim:N} one dimension of the
 * stream; {@code file:PATH} or {@code file:PATH#NAME} a vector in a safetensors file.
 */
public final class Direction {
    private static final Pattern MLP = Pattern.compile("mlp:(\\d{1,6})\\.(\\d{1,9})");
    private static final Pattern HEAD =
            Pattern.compile("head:(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?");
    private static final Pattern DIMENSION = Pattern.compile("dim:(\\d{1,9})");
    private static final int ROUNDS = 200;

    private Direction() {}

    /**
     * The direction.
     *
     * @param tokenizer asked for where a token is named
     * @return [d_model]
     * @throws UsageException if the text has another form, or the model has no such place
     * @throws DataException if a file holds no such vector
     */
    public static double[] of(String text, Transformer model, Supplier<Tokenizer> tokenizer) {
        Matcher mlp = MLP.matcher(text);
        Matcher head = HEAD.matcher(text);
        Matcher dimension = DIMENSION.matcher(text);
        try (TensorScope scope = TensorScope.open()) {
            if (text.startsWith("token:")) {
                return token(text.substring("token:".length()), model, tokenizer.get());
            }
            if (text.startsWith("file:")) {
                return file(text.substring("file:".length()), model);
            }
            if (mlp.matches()) {
                Tensor out = parameter(model, block(mlp.group(1), model) + "mlp.out.weight");
                return column(out, 1, number(mlp.group(2), "unit", out.size(1)));
            }
            if (head.matches()) {
                return head(head, model);
            }
            if (dimension.matches()) {
                double[] one = new double[model.config().dModel()];
                one[number(dimension.group(1), "dimension", one.length)] = 1;
                return one;
            }
        }
        throw new UsageException(
                "direction: expected token:TEXT, mlp:LAYER.UNIT, head:LAYER.HEAD,"
                        + " head:LAYER.HEAD.DIMENSION, dim:N or file:PATH#NAME, found '"
                        + text
                        + "'");
    }

    private static double[] token(String text, Transformer model, Tokenizer tokenizer) {
        OptionalInt id = tokenizer.single(text);
        if (id.isEmpty()) {
            throw new UsageException(
                    "direction token: expected one token, found '"
                            + text
                            + "', which is "
                            + tokenizer.encode(text).length
                            + " (mind the space before a word)");
        }
        int token = id.getAsInt();
        if (tokenizer.unknown().equals(id) && !tokenizer.text(token).equals(text)) {
            List<String> all =
                    IntStream.range(0, tokenizer.vocabulary()).mapToObj(tokenizer::text).toList();
            throw new UsageException(Names.unknown("token", text, all));
        }
        return column(parameter(model, "embed.weight"), 0, token);
    }

    private static double[] head(Matcher said, Transformer model) {
        Tensor out = parameter(model, block(said.group(1), model) + "attn.o.weight");
        int head = number(said.group(2), "head", out.size(1));
        Tensor own = out.narrow(1, head, 1).squeeze(1);
        return said.group(3) == null
                ? principal(own)
                : column(own, 1, number(said.group(3), "dimension", own.size(1)));
    }

    /** The first left singular vector of [d_model, d_head], by repeated multiplication. */
    private static double[] principal(Tensor matrix) {
        int rows = (int) matrix.size(0);
        int columns = (int) matrix.size(1);
        double[] m = matrix.toDoubles();
        double[] v = new double[rows];
        for (int i = 0; i < rows; i++) {
            v[i] = m[i * columns] + 1e-12;
        }
        for (int round = 0; round < ROUNDS; round++) {
            double[] inner = new double[columns];
            double[] next = new double[rows];
            for (int i = 0; i < rows * columns; i++) {
                inner[i % columns] += m[i] * v[i / columns];
            }
            for (int i = 0; i < rows * columns; i++) {
                next[i / columns] += m[i] * inner[i % columns];
            }
            double length = TokenDirections.length(next);
            for (int i = 0; i < rows; i++) {
                v[i] = length == 0 ? 0 : next[i] / length;
            }
        }
        return v;
    }

    private static double[] file(String said, Transformer model) {
        int mark = said.lastIndexOf('#');
        Path path = Path.of(mark < 0 ? said : said.substring(0, mark));
        int length = model.config().dModel();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<String> names = file.entries().stream().map(SafetensorsFile.Entry::name).toList();
            String name = mark < 0 && !names.isEmpty() ? names.get(0) : said.substring(mark + 1);
            if ((mark < 0 && names.size() != 1) || !names.contains(name)) {
                throw new DataException(
                        path, "tensors", "one, or PATH#NAME with one of them", "" + names);
            }
            Tensor vector = Weights.read(file, name);
            if (vector.count() != length) {
                throw new DataException(
                        path, name, "a vector of " + length, "" + vector.count() + " numbers");
            }
            return vector.toDoubles();
        }
    }

    private static String block(String layer, Transformer model) {
        return "blocks." + number(layer, "layer", model.config().blocks().size()) + ".";
    }

    private static int number(String text, String what, long count) {
        int n = Integer.parseInt(text);
        if (n >= count) {
            throw new UsageException(
                    "direction: expected a " + what + " from 0 to " + (count - 1) + ", found " + n);
        }
        return n;
    }

    private static Tensor parameter(Transformer model, String name) {
        return Objects.requireNonNull(model.parameters().get(name), name).value();
    }

    private static double[] column(Tensor matrix, int axis, int index) {
        return matrix.detach().narrow(axis, index, 1).contiguous().toDoubles();
    }
}
