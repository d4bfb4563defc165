package dev.sluice.engine;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types Sluice computes with. */
public enum DType {
    /** 64-bit floating point: parity with references is decided here. */
    F64("f64", "F64", 8, ScalarType.Double),
    /** 32-bit floating point, the default. */
    F32("f32", "F32", 4, ScalarType.Float),
    /** bfloat16: results of autocast operations, and stored weights. */
    BF16("bf16", "BF16", 2, ScalarType.BFloat16),
    /** 16-bit floating point of IEEE 754: stored weights. */
    F16("f16", "F16", 2, ScalarType.Half),
    /** 64-bit integers: indices and labels. */
    I64("i64", "I64", 8, ScalarType.Long),
    /** Unsigned bytes: pixels. */
    U8("u8", "U8", 1, ScalarType.Byte),
    /** Truth values: conditions of {@link Tensor#where}. */
    BOOL("bool", "BOOL", 1, ScalarType.Bool);

    private final String label;
    private final String safetensorsName;
    private final int bytes;
    private final ScalarType scalarType;

    DType(String label, String safetensorsName, int bytes, ScalarType scalarType) {
        this.label = label;
        this.safetensorsName = safetensorsName;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** The name used on the command line, such as {@code f32}. */
    public String label() {
        return label;
    }

    /** The name used in safetensors files, such as {@code F32}. */
    public String safetensorsName() {
        return safetensorsName;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether gradients can flow through this type. */
    public boolean floating() {
        return this == F64 || this == F32 || this == BF16 || this == F16;
    }

    ScalarType scalarType() {
        return scalarType;
    }

    static DType of(ScalarType type) {
        for (DType d : values()) {
            if (d.scalarType.value == type.value) {
                return d;
            }
        }
        throw new TensorException("element type " + type + " is not one that Sluice computes with");
    }
}
