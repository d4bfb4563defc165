package dev.sluice.engine;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * What must happen before the first native class loads, and then. JavaCPP's own memory ceiling is
 * switched off (it counts wrappers, not tensor storage, and costs a locked file read per object).
 * On Linux OpenBLAS's products move to the threads of OpenMP; elsewhere they keep threads of their
 * own, and those of OpenMP are told to sleep while they wait: spinning ones would starve them.
 */
final class Bootstrap {
    private interface CLibrary extends Library {
        int setenv(String name, String value, int overwrite);
    }

    private Bootstrap() {}

    /** The library of matrix products that was loaded. */
    static Blas run() {
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        if (!Platform.isWindows() && !Platform.isLinux()) {
            CLibrary c = com.sun.jna.Native.load(Platform.C_LIBRARY_NAME, CLibrary.class);
            c.setenv("OMP_WAIT_POLICY", "passive", 0);
        }
        Blas.Choice choice = Blas.Choice.of(System.getenv().getOrDefault("SLUICE_BLAS", ""));
        NativeLibrary mkl = choice.takesMkl() ? Mkl.open() : null;
        try {
            String library = Loader.load(torch.class);
            if (mkl != null) {
                return Mkl.start(mkl);
            }
            if (Platform.isLinux()) {
                sharePool(library);
            }
            return new OpenBlas();
        } catch (UnsatisfiedLinkError e) {
            throw new TensorException(
                    "libtorch could not be loaded for "
                            + Loader.getPlatform()
                            + ": "
                            + e.getMessage()
                            + "; the class path needs the natives of this platform"
                            + " (org.bytedeco:pytorch, openblas and javacpp with that classifier)",
                    e);
        }
    }

    /**
     * Another library of products than ours, put in its place, has no such door: it stays alone.
     */
    private static void sharePool(String library) {
        try {
            SharedPool.open(library);
        } catch (UnsatisfiedLinkError e) {
            return;
        }
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
