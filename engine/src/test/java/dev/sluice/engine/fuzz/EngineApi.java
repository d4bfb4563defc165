package dev.sluice.engine.fuzz;

import dev.sluice.engine.Layer;
import dev.sluice.engine.Tensor;
import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Every public constructor and method of the engine, found in its class files. */
final class EngineApi {
    static final String ROOT = "dev.sluice.engine";

    private final List<Executable> executables = new ArrayList<>();

    EngineApi() {
        for (Class<?> c : classes()) {
            for (Constructor<?> constructor : c.getConstructors()) {
                if (!Modifier.isAbstract(c.getModifiers())) {
                    executables.add(constructor);
                }
            }
            for (Method m : c.getDeclaredMethods()) {
                if (callable(m)) {
                    executables.add(m);
                }
            }
        }
        executables.sort(Comparator.comparing(Executable::toGenericString));
        AccessibleObject.setAccessible(executables.toArray(Executable[]::new), true);
    }

    List<Executable> executables() {
        return executables;
    }

    /** What yields a type: constructors, factories and methods of other objects. */
    List<Executable> makers(Class<?> type) {
        return executables.stream()
                .filter(e -> type.isAssignableFrom(result(e)))
                .filter(e -> !e.getDeclaringClass().equals(type) || !needsReceiver(e))
                .toList();
    }

    private static Class<?> result(Executable e) {
        return e instanceof Method m ? m.getReturnType() : e.getDeclaringClass();
    }

    static boolean needsReceiver(Executable e) {
        return e instanceof Method && !Modifier.isStatic(e.getModifiers());
    }

    /** Public, or protected in a class made for extension. */
    private static boolean callable(Method m) {
        boolean open =
                Modifier.isPublic(m.getModifiers())
                        || (Modifier.isProtected(m.getModifiers())
                                && m.getDeclaringClass() == Layer.class);
        return open && !m.isSynthetic();
    }

    private static List<Class<?>> classes() {
        List<Class<?>> found = new ArrayList<>();
        try {
            Path root =
                    Path.of(
                            Tensor.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            if (Files.isDirectory(root)) {
                scan(root, found);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(root)) {
                    scan(jar.getPath("/"), found);
                }
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    private static void scan(Path root, List<Class<?>> found) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            files.map(f -> root.relativize(f).toString().replace('\\', '/'))
                    .filter(f -> f.startsWith("dev/sluice/engine/") && f.endsWith(".class"))
                    .filter(f -> !f.endsWith("package-info.class"))
                    .map(f -> f.substring(0, f.length() - 6).replace('/', '.'))
                    .map(EngineApi::load)
                    .filter(c -> Modifier.isPublic(c.getModifiers()))
                    .forEach(found::add);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
