package dev.sluice.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sluice.engine.DType;
import dev.sluice.engine.Tensor;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes what an ONNX file says, for the operators that {@link OnnxWriter} writes: the numbers of
 * the report come from the exported files, not from the model that they were made of.
 */
final class OnnxReader {
    private final ModelProto model;

    private OnnxReader(ModelProto model) {
        this.model = model;
    }

    static OnnxReader of(byte[] file) {
        try {
            return new OnnxReader(ModelProto.parseFrom(file));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was written as ONNX is none", e);
        }
    }

    /** The outputs by name, for one input; in the caller's scope. */
    Map<String, Tensor> run(Tensor input) {
        Map<String, Tensor> values = new HashMap<>();
        values.put(model.getGraph().getInput(0).getName(), input);
        for (TensorProto t : model.getGraph().getInitializerList()) {
            values.put(t.getName(), constant(t));
        }
        for (NodeProto node : model.getGraph().getNodeList()) {
            List<Tensor> in = node.getInputList().stream().map(n -> get(values, n)).toList();
            values.put(node.getOutput(0), compute(node, in));
        }
        Map<String, Tensor> out = new HashMap<>();
        model.getGraph()
                .getOutputList()
                .forEach(o -> out.put(o.getName(), get(values, o.getName())));
        return out;
    }

    private static Tensor get(Map<String, Tensor> values, String name) {
        Tensor value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("ONNX graph reads " + name + " before it is made");
        }
        return value;
    }

    private static Tensor constant(TensorProto t) {
        long[] shape = t.getDimsList().stream().mapToLong(Long::longValue).toArray();
        DType dtype =
                t.getDataType() == TensorProto.DataType.INT64.getNumber() ? DType.I64 : DType.F32;
        return Tensor.ofBytes(
                t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN), dtype, shape);
    }

    private static Tensor compute(NodeProto node, List<Tensor> in) {
        Tensor x = in.get(0);
        return switch (node.getOpType()) {
            case "Flatten" -> x.reshape(x.size(0), -1);
            case "Reshape" -> x.reshape(in.get(1).toLongs());
            case "Gemm" -> gemm(x, in.get(1), in.size() > 2 ? in.get(2) : null);
            case "Relu" -> x.relu();
            case "Sigmoid" -> x.sigmoid();
            case "Softplus" -> x.relu().add(x.abs().neg().exp().add(1).log());
            case "Log" -> x.log();
            case "Mul" -> x.mul(in.get(1));
            case "Add" -> x.add(in.get(1));
            case "ReduceMax" -> x.max(true, 1);
            case "Slice" -> {
                long from = in.get(1).toLongs()[0];
                yield x.narrow(1, from, in.get(2).toLongs()[0] - from);
            }
            default -> throw new IllegalStateException("ONNX operator " + node.getOpType());
        };
    }

    private static Tensor gemm(Tensor x, Tensor weight, @Nullable Tensor bias) {
        Tensor y = x.matmul(weight.transpose(0, 1));
        return bias == null ? y : y.add(bias);
    }
}
