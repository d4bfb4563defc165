package dev.sluice.engine;

import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorList;

/**
 * The door to operators of libtorch that have no Java method, by name through its dispatcher. Every
 * object made here belongs to the innermost scope.
 */
final class Boxed {
    private Boxed() {}

    /** Runs an operator; returns what it left on the stack. */
    static IValueVector call(String operator, String overload, IValue... arguments) {
        return Native.value(
                operator,
                () -> {
                    OperatorHandle handle =
                            Dispatcher.singleton().findSchemaOrThrow(operator, overload);
                    IValueVector stack = new IValueVector(arguments);
                    handle.callBoxed(stack);
                    return stack;
                });
    }

    /**
     * A list of tensors. {@code new IValue(TensorVector)} aborts the process, and a TorchScript
     * function that returns an empty list returns the same one each time; so an operator that
     * yields a fresh list makes it.
     */
    static IValue list(List<Tensor> tensors) {
        Tensor seed = Tensor.zeros(DType.I64, 1);
        IValueVector made =
                call("aten::unbind", "int", new IValue(seed.nat()), new IValue((long) 0));
        IValue list = new IValue(made.get(0));
        TensorList elements = list.toTensorList();
        elements.clear();
        for (Tensor t : tensors) {
            elements.push_back(t.nat());
        }
        return list;
    }
}
