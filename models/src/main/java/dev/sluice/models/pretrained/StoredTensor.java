package dev.sluice.models.pretrained;

import dev.sluice.engine.Parameter;
import dev.sluice.engine.Tensor;
import dev.sluice.models.transformer.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * One tensor of a checkpoint, and the parameters that it holds one after the other along its output
 * axis.
 *
 * @param transposed whether it is stored [in, out]
 * @param dimensions as it is stored
 * @param parameters names in a {@link Transformer}
 */
record StoredTensor(
        String name, boolean transposed, List<Long> dimensions, List<String> parameters) {
    StoredTensor {
        dimensions = List.copyOf(dimensions);
        parameters = List.copyOf(parameters);
    }

    /** One or two sizes, output first. */
    static StoredTensor of(String name, List<Long> dimensions, String... parameters) {
        return new StoredTensor(name, false, dimensions, List.of(parameters));
    }

    /** The same, stored the other way round. */
    StoredTensor turned() {
        return new StoredTensor(
                name, true, List.of(dimensions.get(1), dimensions.get(0)), parameters);
    }

    StoredTensor named(String other) {
        return new StoredTensor(other, transposed, dimensions, parameters);
    }

    long[] shape() {
        return dimensions.stream().mapToLong(Long::longValue).toArray();
    }

    private static Parameter parameter(Transformer model, String name) {
        return Objects.requireNonNull(model.parameters().get(name), name);
    }

    /** Overwrites the parameters with what was stored. */
    void fill(Transformer model, Tensor stored) {
        Tensor rows = transposed ? stored.transpose(0, 1) : stored;
        long at = 0;
        for (String name : parameters) {
            Tensor value = parameter(model, name).value();
            long count = value.count() / columns();
            value.copyFrom(rows.narrow(0, at, count).reshape(value.shape()));
            at += count;
        }
    }

    private long columns() {
        return dimensions.size() < 2 ? 1 : dimensions.get(transposed ? 0 : 1);
    }

    /**
     * What is to be stored, of values or anything else that there is one of for each parameter.
     *
     * @param of a tensor of the parameter's shape
     */
    Tensor join(Transformer model, Function<Parameter, Tensor> of) {
        List<Tensor> parts = new ArrayList<>();
        for (String name : parameters) {
            Tensor part = of.apply(parameter(model, name));
            long rows = part.count() / columns();
            parts.add(dimensions.size() < 2 ? part.reshape(rows) : part.reshape(rows, columns()));
        }
        Tensor rows = parts.size() == 1 ? parts.get(0) : Tensor.concat(parts, 0);
        return (transposed ? rows.transpose(0, 1) : rows).contiguous();
    }
}
