package dev.sluice.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file as ONNX Runtime understands it. */
final class Onnx implements AutoCloseable {
    private final OrtSession session;

    Onnx(byte[] file) throws OrtException {
        session = OrtEnvironment.getEnvironment().createSession(file);
    }

    OrtSession session() {
        return session;
    }

    /** The outputs by name, flat. */
    Map<String, float[]> run(String input, float[] values, long... shape) throws OrtException {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        try (OnnxTensor x =
                        OnnxTensor.createTensor(
                                OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), shape);
                OrtSession.Result result = session.run(Map.of(input, x))) {
            result.forEach(
                    e -> {
                        FloatBuffer out = ((OnnxTensor) e.getValue()).getFloatBuffer();
                        float[] copy = new float[out.remaining()];
                        out.get(copy);
                        outputs.put(e.getKey(), copy);
                    });
        }
        return outputs;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
