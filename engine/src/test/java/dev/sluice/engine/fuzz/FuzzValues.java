package dev.sluice.engine.fuzz;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Rng;
import dev.sluice.engine.Tensor;
import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arguments: mostly sensible, often not. */
final class FuzzValues {
    /** What a generated callback throws. */
    static final class Boom extends RuntimeException {
        private static final long serialVersionUID = 1;

        Boom() {
            super("boom");
        }
    }

    /** Negative, or beyond any machine: what lies between would be granted and then filled. */
    private static final long[] ABSURD = {
        -1, -7, 1L << 44, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MIN_VALUE
    };

    private static final String[] NAMES = {
        "a", "b", "weight", "bias", "", "batch", "pos", "d\n\0", "F32"
    };

    private final Rng rng;
    private final EngineApi api;
    private final Path folder;
    private final List<Object> pool = new ArrayList<>();
    private final Deque<AutoCloseable> opened;
    private final int base;
    private final FuzzOperands operands;
    private boolean gaveNull;

    FuzzValues(Rng rng, EngineApi api, Path folder, Deque<AutoCloseable> opened) {
        this.opened = opened;
        this.rng = rng;
        this.api = api;
        this.folder = folder;
        this.base = 2 + rng.nextInt(3);
        this.operands = new FuzzOperands(rng, base);
    }

    /** Whether a null was handed out since the last call of this method. */
    boolean takeGaveNull() {
        boolean was = gaveNull;
        gaveNull = false;
        return was;
    }

    /** Makes something an operand of later calls, with what it holds. */
    void add(Object o) {
        pool.add(o);
        if (o instanceof Layer layer) {
            pool.addAll(layer.parameters().values());
            pool.addAll(layer.hooks().values());
        }
    }

    /** Makes the operands that a seed starts with. */
    void fill() {
        operands.tensors().forEach(this::add);
        if (chance(0.2)) {
            Layer layer = operands.layer();
            opened.push(layer);
            add(layer);
        }
    }

    boolean chance(double p) {
        return rng.nextDouble() < p;
    }

    <T> T pick(List<T> from) {
        return from.get(rng.nextInt(from.size()));
    }

    @Nullable Object[] arguments(Executable e) {
        Parameter[] parameters = e.getParameters();
        Object[] out = new @Nullable Object[parameters.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = value(parameters[i].getType(), parameters[i].getParameterizedType(), 0);
        }
        return out;
    }

    /** A receiver, or null where none could be made. */
    @Nullable Object receiver(Class<?> type) {
        return type.isEnum() ? pick(List.of(type.getEnumConstants())) : made(type, 0);
    }

    private @Nullable Object value(Class<?> type, Type generic, int depth) {
        if (!type.isPrimitive() && chance(0.03)) {
            gaveNull = true;
            return null;
        }
        if (type.isPrimitive()) {
            return primitive(type);
        }
        if (type.isArray()) {
            return array(type.getComponentType(), depth);
        }
        if (type == String.class) {
            return NAMES[rng.nextInt(NAMES.length)];
        }
        if (type.isEnum()) {
            return pick(List.of(type.getEnumConstants()));
        }
        if (type == ByteBuffer.class) {
            return ByteBuffer.allocate(rng.nextInt(40));
        }
        if (type == Path.class) {
            return folder.resolve("f" + rng.nextInt(4));
        }
        if (type == Object.class) {
            return pool.isEmpty() ? "x" : pick(pool);
        }
        if (Map.class.isAssignableFrom(type)) {
            List<Object> known = pool.stream().filter(o -> fits(o, generic)).toList();
            if (!known.isEmpty() && chance(0.7)) {
                return pick(known);
            }
            Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
            for (int i = rng.nextInt(3); i > 0; i--) {
                map.put(element(generic, 0, depth), element(generic, 1, depth));
            }
            return map;
        }
        if (Collection.class.isAssignableFrom(type)) {
            List<@Nullable Object> list = new ArrayList<>();
            for (int i = rng.nextInt(4); i > 0; i--) {
                list.add(element(generic, 0, depth));
            }
            return list;
        }
        if (type.isInterface() && !type.getName().startsWith(EngineApi.ROOT)) {
            return callback(type);
        }
        return made(type, depth);
    }

    /** Whether o is a map of the type asked for. */
    private static boolean fits(Object o, Type generic) {
        return o instanceof Map<?, ?> map
                && generic instanceof ParameterizedType p
                && p.getActualTypeArguments()[0] instanceof Class<?> key
                && p.getActualTypeArguments()[1] instanceof Class<?> value
                && map.keySet().stream().allMatch(key::isInstance)
                && map.values().stream().allMatch(value::isInstance);
    }

    private @Nullable Object element(Type generic, int index, int depth) {
        Type t =
                generic instanceof ParameterizedType p
                        ? p.getActualTypeArguments()[index]
                        : Tensor.class;
        if (t instanceof Class<?> c) {
            return value(c, c, depth + 1);
        }
        throw new IllegalStateException("the generator does not know " + generic);
    }

    private Object primitive(Class<?> type) {
        if (type == boolean.class) {
            return chance(0.5);
        }
        if (type == double.class) {
            return chance(0.6) ? rng.uniform(-2, 2) : operands.wild();
        }
        if (type == float.class) {
            return (float) operands.wild();
        }
        long n = number();
        if (type == int.class) {
            return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, n));
        }
        if (type == byte.class) {
            return (byte) n;
        }
        if (type == long.class) {
            return n;
        }
        throw new IllegalStateException("the generator does not know " + type);
    }

    private long number() {
        return chance(0.4)
                ? rng.nextInt(3)
                : chance(0.6) ? base : chance(0.5) ? rng.nextInt(8) - 4 : absurd();
    }

    private long absurd() {
        return ABSURD[rng.nextInt(ABSURD.length)];
    }

    private Object array(Class<?> component, int depth) {
        int length = chance(0.5) ? base * base : rng.nextInt(5);
        if (component == long.class && chance(0.7)) {
            length = rng.nextInt(4);
        }
        Object array = Array.newInstance(component, length);
        for (int i = 0; i < length; i++) {
            Array.set(array, i, value(component, component, depth + 1));
        }
        return array;
    }

    private Object callback(Class<?> type) {
        int mood = rng.nextInt(6);
        Object other = pool.isEmpty() ? null : pick(pool);
        return Proxy.newProxyInstance(
                FuzzValues.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, args) -> {
                    Class<?> returned = method.getReturnType();
                    if (method.getDeclaringClass() == Object.class) {
                        return method.getName().equals("equals")
                                ? (Object) (self == args[0])
                                : method.getName().equals("hashCode") ? (Object) 1 : "callback";
                    }
                    if (mood == 0) {
                        throw new Boom();
                    }
                    if (returned == boolean.class) {
                        return mood == 1;
                    }
                    if (returned.isPrimitive()) {
                        return returned == void.class ? null : primitive(returned);
                    }
                    Object in = args == null || args.length == 0 ? other : args[0];
                    if (mood == 1 && in instanceof Tensor t) {
                        t.close();
                    }
                    return mood == 2 ? null : mood == 3 ? other : in;
                });
    }

    private @Nullable Object made(Class<?> type, int depth) {
        List<Object> known = pool.stream().filter(type::isInstance).toList();
        List<Executable> makers = api.makers(type);
        if (!known.isEmpty() && (chance(0.8) || depth > 2 || makers.isEmpty())) {
            return pick(known);
        }
        if (type == Tensor.class) {
            Tensor t = operands.tensor();
            pool.add(t);
            return t;
        }
        for (int tries = 0; tries < 8 && depth < 4 && !makers.isEmpty(); tries++) {
            Executable maker = pick(makers);
            Object receiver =
                    EngineApi.needsReceiver(maker)
                            ? made(maker.getDeclaringClass(), depth + 1)
                            : null;
            if (receiver == null && EngineApi.needsReceiver(maker)) {
                continue;
            }
            Object[] arguments = new @Nullable Object[maker.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                Parameter p = maker.getParameters()[i];
                arguments[i] = value(p.getType(), p.getParameterizedType(), depth + 1);
            }
            try {
                Object o = FuzzCall.invoke(maker, receiver, arguments);
                if (o != null) {
                    add(o);
                    if (o instanceof AutoCloseable c) {
                        opened.push(c);
                    }
                    return o;
                }
            } catch (InvocationTargetException e) {
                Throwable t = e.getCause();
                if (!FuzzCall.documented(maker, t, true)) {
                    throw new IllegalStateException("making a " + type + " by " + maker, t);
                }
            }
        }
        gaveNull = true;
        return known.isEmpty() ? null : pick(known);
    }
}
