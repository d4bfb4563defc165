package dev.sluice.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sluice.engine.DType;
import dev.sluice.engine.Parameter;
import dev.sluice.engine.TensorScope;
import dev.sluice.models.Graph;
import dev.sluice.models.Graph.Apply;
import dev.sluice.models.Graph.Dense;
import dev.sluice.models.Graph.Largest;
import dev.sluice.models.Graph.Plus;
import dev.sluice.models.Graph.Port;
import dev.sluice.models.Graph.Scale;
import dev.sluice.models.Graph.Step;
import dev.sluice.models.Graph.Times;
import dev.sluice.models.Graph.Units;
import dev.sluice.models.Graph.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One graph as an ONNX model: operators of opset 13, f32, the size of the batch left open ({@code
 * n}), images [n, 1, height, width], weights under the names of their parameters.
 */
final class OnnxWriter {
    static final int OPSET = 13;
    private static final int IR_VERSION = 7;
    private static final String BATCH = "n";

    private final Graph graph;
    private final int height;
    private final int width;
    private final GraphProto.Builder out = GraphProto.newBuilder();
    private final Set<String> known = new HashSet<>();
    private int steps;

    private OnnxWriter(Graph graph, int height, int width) {
        this.graph = graph;
        this.height = height;
        this.width = width;
    }

    /** The bytes of the file. */
    static byte[] write(
            Graph graph, int height, int width, String version, Map<String, String> metadata) {
        ModelProto.Builder model =
                ModelProto.newBuilder()
                        .setIrVersion(IR_VERSION)
                        .setProducerName("sluice")
                        .setProducerVersion(version)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                        .setGraph(new OnnxWriter(graph, height, width).build());
        metadata.forEach(
                (key, value) ->
                        model.addMetadataProps(
                                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build().toByteArray();
    }

    private GraphProto build() {
        out.setName(graph.name()).addInput(info(graph.input()));
        Port in = graph.input();
        if (in.image()) {
            node("Flatten", flat(in), in.name()).addAttribute(integer("axis", 1));
        }
        for (Value value : graph.values()) {
            String at = read(value.from());
            List<Step> chain = value.steps();
            for (int i = 0; i < chain.size(); i++) {
                String to = i + 1 < chain.size() ? graph.name() + "." + steps++ : made(value);
                add(chain.get(i), at, to);
                at = to;
            }
        }
        for (Port port : graph.outputs()) {
            if (port.image()) {
                node("Reshape", port.name(), flat(port), longs(-1, 1, height, width));
            }
            out.addOutput(info(port));
        }
        return out.build();
    }

    private static String flat(Port port) {
        return port.name() + ".flat";
    }

    /** The flat value of this name. */
    private String read(String name) {
        Port in = graph.input();
        return in.image() && in.name().equals(name) ? flat(in) : name;
    }

    /** The name under which a value is made: flat, if it comes out as an image. */
    private String made(Value value) {
        return graph.outputs().stream()
                .filter(port -> port.image() && port.name().equals(value.name()))
                .map(OnnxWriter::flat)
                .findFirst()
                .orElse(value.name());
    }

    private void add(Step step, String from, String to) {
        if (step instanceof Dense dense) {
            NodeProto.Builder gemm = node("Gemm", to, from, weights(dense.weight()));
            if (dense.bias() != null) {
                gemm.addInput(weights(dense.bias()));
            }
            gemm.addAttribute(integer("transB", 1));
        } else if (step instanceof Apply apply) {
            node(
                    switch (apply.function()) {
                        case RELU -> "Relu";
                        case SIGMOID -> "Sigmoid";
                        case SOFTPLUS -> "Softplus";
                        case LOG -> "Log";
                    },
                    to,
                    from);
        } else if (step instanceof Units units) {
            node("Slice", to, from, longs(units.from()), longs(units.to()), longs(1));
        } else if (step instanceof Scale scale) {
            node("Mul", to, from, number(scale.by()));
        } else if (step instanceof Plus plus) {
            node("Add", to, from, read(plus.value()));
        } else if (step instanceof Times times) {
            node("Mul", to, from, read(times.value()));
        } else if (step instanceof Largest) {
            node("ReduceMax", to, from)
                    .addAttribute(
                            AttributeProto.newBuilder()
                                    .setName("axes")
                                    .setType(AttributeProto.AttributeType.INTS)
                                    .addInts(1));
        }
    }

    private NodeProto.Builder node(String operator, String to, String... from) {
        return out.addNodeBuilder()
                .setOpType(operator)
                .setName(to)
                .addAllInput(List.of(from))
                .addOutput(to);
    }

    private static AttributeProto integer(String name, int value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private String weights(Parameter p) {
        if (known.add(p.name())) {
            try (TensorScope scope = TensorScope.open()) {
                TensorProto.Builder tensor =
                        TensorProto.newBuilder()
                                .setName(p.name())
                                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                                .setRawData(
                                        ByteString.copyFrom(
                                                p.value().detach().to(DType.F32).bytes()));
                for (long size : p.value().shape()) {
                    tensor.addDims(size);
                }
                out.addInitializer(tensor);
            }
        }
        return p.name();
    }

    private String longs(long... values) {
        String name = "int64." + java.util.Arrays.toString(values).replaceAll("[\\[\\] ]", "");
        if (known.add(name)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(values);
            out.addInitializer(
                    TensorProto.newBuilder()
                            .setName(name)
                            .setDataType(TensorProto.DataType.INT64.getNumber())
                            .addDims(values.length)
                            .setRawData(ByteString.copyFrom(bytes)));
        }
        return name;
    }

    private String number(double value) {
        String name = "f32." + value;
        if (known.add(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putFloat(0, (float) value);
            out.addInitializer(
                    TensorProto.newBuilder()
                            .setName(name)
                            .setDataType(TensorProto.DataType.FLOAT.getNumber())
                            .setRawData(ByteString.copyFrom(bytes)));
        }
        return name;
    }

    private ValueInfoProto info(Port port) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam(BATCH);
        long[] sizes = port.image() ? new long[] {1, height, width} : new long[] {port.units()};
        for (long size : sizes) {
            shape.addDimBuilder().setDimValue(size);
        }
        return ValueInfoProto.newBuilder()
                .setName(port.name())
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                                .setShape(shape)))
                .build();
    }
}
