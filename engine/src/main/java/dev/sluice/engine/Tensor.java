package dev.sluice.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array in native memory, with automatic differentiation. Results belong to the
 * innermost open {@link TensorScope} of the calling thread.
 *
 * <p>Shapes follow the rules of PyTorch: operands broadcast, a negative axis counts from the end.
 * Every operation throws {@link TensorException}, naming itself and its operands' shapes, if the
 * shapes or types do not fit or an operand is closed, and never harms the process.
 */
public final class Tensor implements AutoCloseable {
    private final org.bytedeco.pytorch.Tensor nat;
    private volatile long @Nullable [] shape;

    Tensor(org.bytedeco.pytorch.Tensor nat) {
        this.nat = nat;
    }

    org.bytedeco.pytorch.Tensor nat() {
        if (nat.isNull()) {
            throw new TensorException(
                    "the tensor is closed: it was freed by close() or with its scope; use"
                            + " TensorScope.keep or retain() for what must live longer");
        }
        return nat;
    }

    // ---- making tensors

    static Tensor empty(DType dtype, long... shape) {
        return made(
                "empty",
                dtype,
                () -> {
                    try (TensorOptions o = new TensorOptions(dtype.scalarType())) {
                        return torch.empty(shape, o, null);
                    }
                },
                shape);
    }

    private static Tensor made(
            String name, DType dtype, Supplier<org.bytedeco.pytorch.Tensor> body, long... shape) {
        String operation = name + " " + dtype.label() + Arrays.toString(shape);
        Native.start();
        NativeMemory.require(operation, checkShape(shape), dtype.bytes());
        return Native.light(operation, body);
    }

    private static long checkShape(long... shape) {
        for (long s : shape) {
            if (s < 0) {
                throw new TensorException("negative size in shape " + Arrays.toString(shape));
            }
        }
        long n = Sizes.product(shape);
        if (n < 0) {
            throw new TensorException("shape " + Arrays.toString(shape) + " is too large");
        }
        return n;
    }

    private static void checkLength(String what, long found, long... shape) {
        if (checkShape(shape) != found) {
            throw new TensorException(
                    what
                            + ": shape "
                            + Arrays.toString(shape)
                            + " needs "
                            + checkShape(shape)
                            + " values, found "
                            + found);
        }
    }

    /** An f32 tensor with the given values in row-major order. */
    public static Tensor of(float[] values, long... shape) {
        checkLength("of(float[])", values.length, shape);
        Tensor t = empty(DType.F32, shape);
        if (values.length > 0) {
            try (FloatPointer p = new FloatPointer(t.data())) {
                p.capacity(values.length).put(values);
            }
        }
        return t;
    }

    /** An f64 tensor with the given values in row-major order. */
    public static Tensor of(double[] values, long... shape) {
        checkLength("of(double[])", values.length, shape);
        Tensor t = empty(DType.F64, shape);
        if (values.length > 0) {
            try (DoublePointer p = new DoublePointer(t.data())) {
                p.capacity(values.length).put(values);
            }
        }
        return t;
    }

    /** An i64 tensor with the given values in row-major order. */
    public static Tensor of(long[] values, long... shape) {
        checkLength("of(long[])", values.length, shape);
        Tensor t = empty(DType.I64, shape);
        if (values.length > 0) {
            try (LongPointer p = new LongPointer(t.data())) {
                p.capacity(values.length).put(values);
            }
        }
        return t;
    }

    /** An i64 tensor with the given values in row-major order. */
    public static Tensor of(int[] values, long... shape) {
        return of(Arrays.stream(values).asLongStream().toArray(), shape);
    }

    /** A u8 tensor with the given values in row-major order. */
    public static Tensor of(byte[] values, long... shape) {
        checkLength("of(byte[])", values.length, shape);
        return ofBytes(ByteBuffer.wrap(values), DType.U8, shape);
    }

    /**
     * A tensor from its little-endian bytes in row-major order; {@link #bytes} is the inverse.
     *
     * @throws TensorException if the buffer does not hold exactly the bytes of that shape
     */
    public static Tensor ofBytes(ByteBuffer bytes, DType dtype, long... shape) {
        long expected = checkShape(shape);
        if (expected > Integer.MAX_VALUE / dtype.bytes()
                || expected * dtype.bytes() != bytes.remaining()) {
            throw new TensorException(
                    "ofBytes: "
                            + dtype.label()
                            + Arrays.toString(shape)
                            + " needs "
                            + expected * dtype.bytes()
                            + " bytes, found "
                            + bytes.remaining());
        }
        Tensor t = empty(dtype, shape);
        if (expected > 0) {
            byte[] raw = new byte[bytes.remaining()];
            bytes.duplicate().get(raw);
            try (BytePointer p = new BytePointer(t.data())) {
                p.capacity(raw.length).put(raw);
            }
        }
        return t;
    }

    /** A tensor filled with {@code value}. */
    public static Tensor full(double value, DType dtype, long... shape) {
        return made(
                "full",
                dtype,
                () -> {
                    try (TensorOptions o = new TensorOptions(dtype.scalarType());
                            Scalar s = new Scalar(value)) {
                        return torch.full(shape, s, o);
                    }
                },
                shape);
    }

    /** Zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        return full(0, dtype, shape);
    }

    /** Ones. */
    public static Tensor ones(DType dtype, long... shape) {
        return full(1, dtype, shape);
    }

    /** Independent uniform draws in [{@code low}, {@code high}), row by row from {@code rng}. */
    public static Tensor uniform(Rng rng, double low, double high, DType dtype, long... shape) {
        return drawn(() -> rng.uniform(low, high), dtype, shape);
    }

    /** Independent normal draws with mean 0, row by row from {@code rng}. */
    public static Tensor normal(Rng rng, double deviation, DType dtype, long... shape) {
        return drawn(() -> deviation * rng.nextGaussian(), dtype, shape);
    }

    private static Tensor drawn(DoubleSupplier next, DType dtype, long... shape) {
        long n = checkShape(shape);
        Tensor t = empty(DType.F64, shape);
        double[] chunk = new double[(int) Math.min(n, 1 << 14)];
        if (n > 0) {
            try (DoublePointer p = new DoublePointer(t.data())) {
                p.capacity(n);
                for (long at = 0; at < n; at += chunk.length) {
                    int length = (int) Math.min(chunk.length, n - at);
                    for (int i = 0; i < length; i++) {
                        chunk[i] = next.getAsDouble();
                    }
                    p.position(at).put(chunk, 0, length);
                }
            }
        }
        Tensor converted = t.to(dtype);
        if (converted != t) {
            t.close();
        }
        return converted;
    }

    /** Joins tensors along an axis that exists. */
    public static Tensor concat(List<Tensor> parts, long axis) {
        return joined("concat", parts, v -> torch.cat(v, axis));
    }

    /** Joins tensors of one shape along a new axis. */
    public static Tensor stack(List<Tensor> parts, long axis) {
        return joined("stack", parts, v -> torch.stack(v, axis));
    }

    private static Tensor joined(
            String name,
            List<Tensor> parts,
            Function<TensorVector, org.bytedeco.pytorch.Tensor> body) {
        Tensor[] operands = parts.toArray(Tensor[]::new);
        if (operands.length == 0) {
            throw new TensorException(name + ": nothing to join");
        }
        long elements = 0;
        int widest = 1;
        for (Tensor t : operands) {
            elements = Math.addExact(elements, t.count());
            widest = Math.max(widest, t.dtype().bytes());
        }
        NativeMemory.require(name, elements, widest);
        return Native.light(
                name,
                () -> {
                    try (TensorVector v = new TensorVector()) {
                        for (Tensor t : operands) {
                            v.push_back(t.nat());
                        }
                        return body.apply(v);
                    }
                },
                operands);
    }

    // ---- what it is

    /** The sizes of the axes. */
    public long[] shape() {
        return sizes().clone();
    }

    /** The shape, not to be written to; sizes never change, so it is asked for once. */
    private long[] sizes() {
        org.bytedeco.pytorch.Tensor open = nat();
        long[] known = shape;
        if (known == null) {
            known = new long[(int) open.dim()];
            for (int i = 0; i < known.length; i++) {
                known[i] = open.size(i);
            }
            shape = known;
        }
        return known;
    }

    /** The number of axes. */
    public int rank() {
        return sizes().length;
    }

    /** The size of one axis; negative counts from the end. */
    public long size(int axis) {
        return Native.value("size", () -> nat().size(axis), this);
    }

    /** The number of elements. */
    public long count() {
        return nat().numel();
    }

    /** The element type. */
    public DType dtype() {
        return DType.of(nat().scalar_type());
    }

    /** Whether gradients are recorded for it. */
    public boolean requiresGrad() {
        return nat().requires_grad();
    }

    /** Whether it was freed. */
    public boolean isClosed() {
        return nat.isNull();
    }

    // ---- values out

    Pointer data() {
        return nat().data_ptr();
    }

    private static <A> A array(IntFunction<A> make, int length) {
        try {
            return make.apply(length);
        } catch (OutOfMemoryError e) {
            throw new TensorException(
                    "an array of "
                            + length
                            + " values does not fit the Java heap of at most "
                            + Runtime.getRuntime().maxMemory()
                            + " bytes (-Xmx)",
                    e);
        }
    }

    private int intCount() {
        if (count() > Integer.MAX_VALUE - 16) {
            throw new TensorException("too many values for one array: " + count());
        }
        return (int) count();
    }

    /** The values as f32, row by row. */
    public float[] toFloats() {
        float[] out = array(float[]::new, intCount());
        try (TensorScope scope = TensorScope.open()) {
            if (out.length > 0) {
                new FloatPointer(detach().to(DType.F32).contiguous().data())
                        .capacity(out.length)
                        .get(out);
            }
        }
        return out;
    }

    /** The values as f64, row by row. */
    public double[] toDoubles() {
        double[] out = array(double[]::new, intCount());
        try (TensorScope scope = TensorScope.open()) {
            if (out.length > 0) {
                new DoublePointer(detach().to(DType.F64).contiguous().data())
                        .capacity(out.length)
                        .get(out);
            }
        }
        return out;
    }

    /** The values as i64, row by row; fractions are cut off. */
    public long[] toLongs() {
        long[] out = array(long[]::new, intCount());
        try (TensorScope scope = TensorScope.open()) {
            if (out.length > 0) {
                new LongPointer(detach().to(DType.I64).contiguous().data())
                        .capacity(out.length)
                        .get(out);
            }
        }
        return out;
    }

    /** The little-endian bytes of the values in row-major order. */
    public ByteBuffer bytes() {
        long n = count() * dtype().bytes();
        if (n > Integer.MAX_VALUE - 16) {
            throw new TensorException("too many bytes for one buffer: " + n);
        }
        byte[] out = array(byte[]::new, (int) n);
        try (TensorScope scope = TensorScope.open()) {
            if (n > 0) {
                new BytePointer(detach().contiguous().data()).capacity(n).get(out);
            }
        }
        return ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The single value.
     *
     * @throws TensorException unless there is exactly one
     */
    public double item() {
        if (count() != 1) {
            throw new TensorException(
                    "item: expected one value, found shape " + Arrays.toString(shape()));
        }
        return toDoubles()[0];
    }

    // ---- autograd

    /** The same values, cut off from the graph. */
    public Tensor detach() {
        return Native.light("detach", () -> nat().detach(), this);
    }

    /** A copy in fresh memory. */
    public Tensor copy() {
        return Native.call("copy", () -> nat().clone(), this);
    }

    /** Starts recording gradients for this leaf, and returns it. */
    public Tensor requireGrad() {
        Native.value("requireGrad", () -> nat().requires_grad_(true), this);
        return this;
    }

    /** Takes the values of another leaf for its own: they are in the same memory from then on. */
    void share(Tensor other) {
        Native.value(
                "share",
                () -> {
                    try (org.bytedeco.pytorch.TensorBase data = other.nat().variable_data()) {
                        nat().set_data(data);
                    }
                    return true;
                },
                this,
                other);
    }

    /**
     * The gradient that {@link #backward} accumulated in this leaf, or null before there was one.
     * It is the gradient itself, not a copy: a later backward may add to it.
     */
    public @Nullable Tensor grad() {
        if (!nat().is_leaf()) {
            return null;
        }
        // grad() lends a reference into the leaf: a handle of our own outlives clearGrad and close
        Tensor g = Native.light("grad", () -> new org.bytedeco.pytorch.Tensor(nat().grad()), this);
        if (Native.defined(g.nat)) {
            return g;
        }
        g.close();
        return null;
    }

    /** Forgets the gradient. */
    public void clearGrad() {
        Native.value(
                "clearGrad",
                () -> {
                    try (org.bytedeco.pytorch.Tensor none = new org.bytedeco.pytorch.Tensor()) {
                        return nat().mutable_grad().put(none);
                    }
                },
                this);
    }

    /** Adds {@code g} to the gradient, as {@link #backward} does. */
    public void addGrad(Tensor g) {
        try (GradMode off = GradMode.off()) {
            Tensor old = grad();
            if (old != null) {
                old.addInPlace(g);
            } else {
                if (!Arrays.equals(g.shape(), shape()) || g.dtype() != dtype()) {
                    throw Native.failure(
                            "addGrad",
                            new IllegalArgumentException("shapes or types differ"),
                            this,
                            g);
                }
                Tensor fresh = g.copy();
                Native.value("addGrad", () -> nat().mutable_grad().put(fresh.nat()), this);
            }
        }
    }

    /**
     * Computes the gradients of this single value with respect to every leaf that led to it, and
     * adds them to the leaves' {@link #grad}.
     *
     * @throws TensorException if the value is not single, nothing requires a gradient, or a {@link
     *     TapSet} function failed (then it is the cause); gradients may be incomplete: clear them
     */
    public void backward() {
        TapSet.backward(this);
    }

    /** Keeps this tensor alive when its scope closes; the caller frees it with {@link #close}. */
    public Tensor retain() {
        nat().retainReference();
        return this;
    }

    /** Frees the native object now. Closing twice does nothing. */
    @Override
    public void close() {
        nat.close();
    }

    // ---- in place, for parameters and optimiser state (outside the graph)

    /** Overwrites the values with those of {@code source}. */
    public void copyFrom(Tensor source) {
        inPlace("copyFrom", () -> nat().copy_(source.nat()), source);
    }

    /** Adds {@code other}. */
    public void addInPlace(Tensor other) {
        inPlace("addInPlace", () -> nat().add_(other.nat()), other);
    }

    /** Multiplies by {@code factor}. */
    public void mulInPlace(double factor) {
        inPlace(
                "mulInPlace",
                () -> {
                    try (Scalar s = new Scalar(factor)) {
                        return nat().mul_(s);
                    }
                },
                this);
    }

    /** Sets every value to zero. */
    public void zeroInPlace() {
        inPlace("zeroInPlace", () -> nat().zero_(), this);
    }

    /**
     * Overwrites what stands at some places of an axis.
     *
     * @param index places, [n] (i64), none of them twice
     * @param source what to put there: the shape of this with n places along the axis
     */
    public void indexCopyInPlace(long axis, Tensor index, Tensor source) {
        inPlace(
                "indexCopyInPlace",
                () -> nat().index_copy_(axis, index.nat(), source.nat()),
                source);
    }

    private void inPlace(String name, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor other) {
        try (GradMode off = GradMode.off()) {
            Native.value(name, body, this, other);
        }
    }

    // ---- arithmetic

    /** Elementwise sum. */
    public Tensor add(Tensor other) {
        return Native.call("add", () -> torch.add(nat(), other.nat()), this, other);
    }

    /** Elementwise sum with a number. */
    public Tensor add(double value) {
        return Native.scalar("add", value, s -> torch.add(nat(), s), this);
    }

    /** Elementwise difference. */
    public Tensor sub(Tensor other) {
        return Native.call("sub", () -> torch.sub(nat(), other.nat()), this, other);
    }

    /** Elementwise difference with a number. */
    public Tensor sub(double value) {
        return Native.scalar("sub", value, s -> torch.sub(nat(), s), this);
    }

    /** Elementwise product. */
    public Tensor mul(Tensor other) {
        return Native.call("mul", () -> torch.mul(nat(), other.nat()), this, other);
    }

    /** Elementwise product with a number. */
    public Tensor mul(double value) {
        return Native.scalar("mul", value, s -> torch.mul(nat(), s), this);
    }

    /** Elementwise quotient. */
    public Tensor div(Tensor other) {
        return Native.call("div", () -> torch.div(nat(), other.nat()), this, other);
    }

    /** Elementwise quotient with a number. */
    public Tensor div(double value) {
        return Native.scalar("div", value, s -> torch.div(nat(), s), this);
    }

    /** Elementwise larger value. */
    public Tensor maximum(Tensor other) {
        return Native.call("maximum", () -> torch.maximum(nat(), other.nat()), this, other);
    }

    /** Elementwise smaller value. */
    public Tensor minimum(Tensor other) {
        return Native.call("minimum", () -> torch.minimum(nat(), other.nat()), this, other);
    }

    /** Where the values are equal (bool). */
    public Tensor eq(Tensor other) {
        return Native.call("eq", () -> torch.eq(nat(), other.nat()), this, other);
    }

    /** Where this is at least the other (bool). */
    public Tensor ge(Tensor other) {
        return Native.call("ge", () -> torch.ge(nat(), other.nat()), this, other);
    }

    /** Where this is less than the other (bool). */
    public Tensor lt(Tensor other) {
        return Native.call("lt", () -> torch.lt(nat(), other.nat()), this, other);
    }

    /** Where the value equals a number (bool). */
    public Tensor eq(double value) {
        return Native.scalar("eq", value, s -> torch.eq(nat(), s), this);
    }

    /** Where the value exceeds a number (bool). */
    public Tensor gt(double value) {
        return Native.scalar("gt", value, s -> torch.gt(nat(), s), this);
    }

    /** Elementwise power. */
    public Tensor pow(double value) {
        return Native.scalar("pow", value, s -> torch.pow(nat(), s), this);
    }

    /** Elementwise negation. */
    public Tensor neg() {
        return Native.call("neg", () -> torch.neg(nat()), this);
    }

    /** Elementwise absolute value; its gradient at 0 is 0. */
    public Tensor abs() {
        return Native.call("abs", () -> torch.abs(nat()), this);
    }

    /** Elementwise square. */
    public Tensor square() {
        return Native.call("square", () -> torch.square(nat()), this);
    }

    /** Elementwise square root. */
    public Tensor sqrt() {
        return Native.call("sqrt", () -> torch.sqrt(nat()), this);
    }

    /** Elementwise exponential. */
    public Tensor exp() {
        return Native.call("exp", () -> torch.exp(nat()), this);
    }

    /** Elementwise natural logarithm. */
    public Tensor log() {
        return Native.call("log", () -> torch.log(nat()), this);
    }

    /** Elementwise sign. */
    public Tensor sign() {
        return Native.call("sign", () -> torch.sign(nat()), this);
    }

    /** max(x, 0). */
    public Tensor relu() {
        return Native.call("relu", () -> torch.relu(nat()), this);
    }

    /** 1 / (1 + exp(−x)). */
    public Tensor sigmoid() {
        return Native.call("sigmoid", () -> torch.sigmoid(nat()), this);
    }

    /** Hyperbolic tangent. */
    public Tensor tanh() {
        return Native.call("tanh", () -> torch.tanh(nat()), this);
    }

    /** x · sigmoid(x). */
    public Tensor silu() {
        return Native.call("silu", () -> torch.silu(nat()), this);
    }

    /** Where the value is neither infinite nor NaN (bool). */
    public Tensor isFinite() {
        return Native.call("isFinite", () -> torch.isfinite(nat()), this);
    }

    /** Truth negated (bool). */
    public Tensor logicalNot() {
        return Native.call("logicalNot", () -> torch.logical_not(nat()), this);
    }

    /** Gaussian error linear unit: exact (erf), or by its tanh approximation. */
    public Tensor gelu(boolean tanhApproximation) {
        String approximate = tanhApproximation ? "tanh" : "none";
        return Native.call("gelu", () -> torch.gelu(nat(), approximate), this);
    }

    /** The values bounded below and above. */
    public Tensor clamp(double low, double high) {
        return Native.call(
                "clamp",
                () -> {
                    try (Scalar l = new Scalar(low);
                            Scalar h = new Scalar(high);
                            ScalarOptional lo = new ScalarOptional(l);
                            ScalarOptional ho = new ScalarOptional(h)) {
                        return torch.clamp(nat(), lo, ho);
                    }
                },
                this);
    }

    /** Elementwise: this where {@code condition} holds (bool), else {@code other}. */
    public Tensor where(Tensor condition, Tensor other) {
        if (condition.dtype() != DType.BOOL) {
            throw new TensorException("where: expected a condition of bool, found " + condition);
        }
        return Native.call(
                "where",
                () -> torch.where(condition.nat(), nat(), other.nat()),
                condition,
                this,
                other);
    }

    // ---- sums

    /** Sum of all values. */
    public Tensor sum() {
        return Native.light("sum", () -> torch.sum(nat()), this);
    }

    /** Sum over the given axes, which stay as size 1 if {@code keep}. */
    public Tensor sum(boolean keep, long... axes) {
        Objects.requireNonNull(axes, "axes");
        return Native.light("sum", () -> torch.sum(nat(), axes, keep, none()), this);
    }

    /** Mean of all values. */
    public Tensor mean() {
        return Native.light("mean", () -> torch.mean(nat()), this);
    }

    /** Mean over the given axes, which stay as size 1 if {@code keep}. */
    public Tensor mean(boolean keep, long... axes) {
        Objects.requireNonNull(axes, "axes");
        return Native.light("mean", () -> torch.mean(nat(), axes, keep, none()), this);
    }

    private static @Nullable ScalarTypeOptional none() {
        return null;
    }

    /** Standard deviation over an axis with n − 1 under the root; the axis stays as size 1. */
    public Tensor std(long axis) {
        return Native.call("std", () -> torch.std(nat(), new long[] {axis}, true, true), this);
    }

    /** Largest value of all. */
    public Tensor max() {
        return Native.light("max", () -> torch.max(nat()), this);
    }

    /**
     * Largest value along the given axes, which stay as size 1 if {@code keep}; the gradient is
     * shared evenly among equals.
     */
    public Tensor max(boolean keep, long... axes) {
        Objects.requireNonNull(axes, "axes");
        return Native.light("amax", () -> torch.amax(nat(), axes, keep), this);
    }

    /** Index of the largest value along an axis (i64). */
    public Tensor argmax(long axis) {
        return Native.light(
                "argmax",
                () -> {
                    try (LongOptional a = new LongOptional(axis)) {
                        return torch.argmax(nat(), a, false);
                    }
                },
                this);
    }

    /** exp(x) / Σ exp(x) along an axis. */
    public Tensor softmax(long axis) {
        return Native.call("softmax", () -> torch.softmax(nat(), axis), this);
    }

    /** Logarithm of the softmax along an axis. */
    public Tensor logSoftmax(long axis) {
        return Native.call("logSoftmax", () -> torch.log_softmax(nat(), axis), this);
    }

    // ---- products and layers

    /** The size of an axis, or 1 if there is no such axis: libtorch says so better. */
    private long along(long axis) {
        long[] sizes = sizes();
        long at = axis < 0 ? axis + sizes.length : axis;
        return at < 0 || at >= sizes.length ? 1 : sizes[(int) at];
    }

    private long lastSize() {
        long[] sizes = sizes();
        return sizes.length == 0 ? 1 : sizes[sizes.length - 1];
    }

    /** Matrix product over the last two axes. */
    public Tensor matmul(Tensor other) {
        return Native.sized(
                "matmul",
                Sizes.matmul(sizes(), other.sizes()),
                () -> torch.matmul(nat(), other.nat()),
                this,
                other);
    }

    /** x·Wᵀ + b for {@code weight} [out, in] and an optional {@code bias} [out]. */
    public Tensor linear(Tensor weight, @Nullable Tensor bias) {
        long elements =
                Sizes.product(
                        count() / Math.max(1, lastSize()),
                        weight.count() / Math.max(1, weight.lastSize()));
        if (bias == null) {
            return Native.sized(
                    "linear", elements, () -> torch.linear(nat(), weight.nat()), this, weight);
        }
        return Native.sized(
                "linear",
                elements,
                () -> {
                    try (TensorOptional b = new TensorOptional(bias.nat())) {
                        return torch.linear(nat(), weight.nat(), b);
                    }
                },
                this,
                weight,
                bias);
    }

    /** Rows of this table [rows, d] picked by {@code ids} (i64): [ids…, d]. */
    public Tensor embed(Tensor ids) {
        return Native.sized(
                "embed",
                Sizes.product(lastSize(), ids.count()),
                () -> torch.embedding(nat(), ids.nat()),
                this,
                ids);
    }

    /** Layer norm over the last axis: gain · (x − mean)/√(biased variance + eps) + offset. */
    public Tensor layerNorm(Tensor gain, Tensor offset, double eps) {
        return Native.call(
                "layerNorm",
                () -> {
                    try (TensorOptional g = new TensorOptional(gain.nat());
                            TensorOptional o = new TensorOptional(offset.nat())) {
                        return torch.layer_norm(
                                nat(), new long[] {nat().size(-1)}, g, o, eps, false);
                    }
                },
                this,
                gain,
                offset);
    }

    /** Layer norm over the last axis without gain and offset. */
    public Tensor normalized(double eps) {
        return Native.call(
                "normalized",
                () -> {
                    try (TensorOptional absent = new TensorOptional();
                            T_TensorTensorTensor_T out =
                                    torch.native_layer_norm(
                                            nat(),
                                            new long[] {nat().size(-1)},
                                            absent,
                                            absent,
                                            eps)) {
                        // get0() lends a reference into the tuple
                        return new org.bytedeco.pytorch.Tensor(out.get0());
                    }
                },
                this);
    }

    /**
     * Two-dimensional convolution of [n, in, h, w] with {@code weight} [out, in, kh, kw] and an
     * optional {@code bias} [out].
     */
    public Tensor conv2d(Tensor weight, @Nullable Tensor bias, long stride, long padding) {
        Tensor[] operands =
                bias == null ? new Tensor[] {this, weight} : new Tensor[] {this, weight, bias};
        return Native.sized(
                "conv2d",
                convolved(weight, stride, padding, operands),
                () -> {
                    try (TensorOptional b =
                            bias == null ? new TensorOptional() : new TensorOptional(bias.nat())) {
                        return torch.conv2d(
                                nat(),
                                weight.nat(),
                                b,
                                new long[] {stride, stride},
                                new long[] {padding, padding},
                                new long[] {1, 1},
                                1);
                    }
                },
                operands);
    }

    /** How many values the convolution yields or reads, padding included. */
    private long convolved(Tensor weight, long stride, long padding, Tensor... operands) {
        long[] x = sizes();
        long[] w = weight.sizes();
        if (x.length != 4 || w.length != 4) {
            throw new TensorException(
                    "conv2d: expected [n, in, h, w] and [out, in, kh, kw], found "
                            + this
                            + " and "
                            + weight);
        }
        return Native.value(
                "conv2d",
                () -> {
                    long places =
                            Sizes.product(
                                    Sizes.places(x[2], w[2], stride, padding),
                                    Sizes.places(x[3], w[3], stride, padding));
                    return Sizes.product(x[0], Math.max(w[0], w[1]), places);
                },
                operands);
    }

    /** The patches under a kernel: [n, c, h, w] → [n, c·kernel·kernel, positions]. */
    public Tensor patches(long kernelHeight, long kernelWidth, long stride, long padding) {
        long[] x = sizes();
        if (x.length != 4) {
            throw new TensorException("patches: expected [n, c, h, w], found " + this);
        }
        long elements =
                Native.value(
                        "patches",
                        () ->
                                Sizes.product(
                                        x[0],
                                        x[1],
                                        kernelHeight,
                                        kernelWidth,
                                        Sizes.places(x[2], kernelHeight, stride, padding),
                                        Sizes.places(x[3], kernelWidth, stride, padding)),
                        this);
        return Native.sized(
                "patches",
                elements,
                () ->
                        torch.im2col(
                                nat(),
                                new long[] {kernelHeight, kernelWidth},
                                new long[] {1, 1},
                                new long[] {padding, padding},
                                stride,
                                stride),
                this);
    }

    /**
     * Cross-entropy in nats of logits [n, classes] against {@code targets} [n] (i64), one value per
     * row.
     */
    public Tensor crossEntropy(Tensor targets) {
        return Native.sized(
                "crossEntropy",
                count(),
                () -> {
                    try (TensorOptional weight = new TensorOptional()) {
                        return torch.cross_entropy_loss(nat(), targets.nat(), weight, 0, -100, 0.0);
                    }
                },
                this,
                targets);
    }

    // ---- shape

    /** The same values in another shape; one size may be −1. */
    public Tensor reshape(long... shape) {
        Objects.requireNonNull(shape, "shape");
        return laidOut("reshape" + Arrays.toString(shape), () -> nat().reshape(shape));
    }

    /** Two axes swapped. */
    public Tensor transpose(long a, long b) {
        return Native.light("transpose", () -> torch.transpose(nat(), a, b), this);
    }

    /** The axes in a new order. */
    public Tensor permute(long... order) {
        Objects.requireNonNull(order, "order");
        return Native.light("permute", () -> nat().permute(order), this);
    }

    /** A new axis of size 1. */
    public Tensor unsqueeze(long axis) {
        return Native.light("unsqueeze", () -> torch.unsqueeze(nat(), axis), this);
    }

    /** An axis of size 1 removed. */
    public Tensor squeeze(long axis) {
        return Native.light("squeeze", () -> torch.squeeze(nat(), axis), this);
    }

    /** Repeated, without copying, to a shape that this one broadcasts to. */
    public Tensor expand(long... shape) {
        return Native.light("expand" + Arrays.toString(shape), () -> nat().expand(shape), this);
    }

    /** {@code length} entries of an axis from {@code start}, without copying. */
    public Tensor narrow(long axis, long start, long length) {
        return Native.light("narrow", () -> torch.narrow(nat(), axis, start, length), this);
    }

    /** Pieces of {@code size} entries of an axis, the last perhaps shorter, without copying. */
    public List<Tensor> split(long axis, long size) {
        return Native.value(
                "split",
                () -> {
                    List<Tensor> pieces = new ArrayList<>();
                    try (TensorVector all = torch.split(nat(), size, axis)) {
                        for (long i = 0; i < all.size(); i++) {
                            pieces.add(new Tensor(new org.bytedeco.pytorch.Tensor(all.get(i))));
                        }
                    }
                    return pieces;
                },
                this);
    }

    /** The entries {@code index} [k] (i64) of an axis, copied. */
    public Tensor select(long axis, Tensor index) {
        long others = count() / Math.max(1, along(axis));
        return Native.sized(
                "select",
                Sizes.product(others, index.count()),
                () -> torch.index_select(nat(), axis, index.nat()),
                this,
                index);
    }

    /** A copy with {@code source} added to the entries {@code index} [k] (i64) of an axis. */
    public Tensor indexAdd(long axis, Tensor index, Tensor source) {
        return Native.sized(
                "indexAdd",
                count(),
                () -> torch.index_add(nat(), axis, index.nat(), source.nat()),
                this,
                index,
                source);
    }

    /** The entries picked along an axis, one per place of {@code index} (i64). */
    public Tensor gather(long axis, Tensor index) {
        return Native.sized(
                "gather", index.count(), () -> torch.gather(nat(), axis, index.nat()), this, index);
    }

    /** The same values laid out row by row. */
    public Tensor contiguous() {
        return laidOut("contiguous", () -> nat().contiguous());
    }

    /** An operation that copies only what is not laid out row by row. */
    private Tensor laidOut(String name, Supplier<org.bytedeco.pytorch.Tensor> body) {
        if (nat().is_contiguous()) {
            return Native.light(name, body, this);
        }
        return Native.sized(name, count(), body, this);
    }

    /** The values converted to another type; this tensor itself if it has it already. */
    public Tensor to(DType dtype) {
        if (dtype() == dtype) {
            return this;
        }
        String name = "to(" + dtype.label() + ")";
        NativeMemory.require(name, count(), dtype.bytes());
        return Native.light(name, () -> nat().to(dtype.scalarType()), this);
    }

    /** Whether type, shape and every bit of every value are the same (NaN equals itself). */
    public boolean sameBits(Tensor other) {
        return dtype() == other.dtype()
                && Arrays.equals(shape(), other.shape())
                && bytes().equals(other.bytes());
    }

    @Override
    public String toString() {
        return isClosed() ? "Tensor(closed)" : dtype().label() + Arrays.toString(shape());
    }
}
