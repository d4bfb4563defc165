package dev.sluice.engine;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * Intel's oneMKL, under Linux on Intel's processors with AVX2 or AVX512: the natives find its
 * products in place of OpenBLAS's when it is opened before them. It is held to its strict mode of
 * conditional reproducibility, in which a product is computed in one order whatever the memory it
 * lies in and however many threads there are. In other modes some of its kernels begin a sum with
 * its first term and not with zero: the sign of a zero gradient then tells what was routed away.
 */
final class Mkl implements Blas {
    private static final String FOLDER = "/org/bytedeco/mkl/linux-x86_64/";
    private static final String DOOR = "libmkl_rt.so.2";
    private static final List<String> PARTS =
            List.of("libmkl_core.so.2", "libmkl_intel_lp64.so.2", "libmkl_gnu_thread.so.2");

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final String AVX2 = "avx2";
    private static final String AVX512 = "avx512f";

    private static final int OPENMP_OF_GNU = 3;
    private static final int LAZY = 1;
    private static final int GLOBAL = 0x100;
    private static final int STRICT = 0x10000;
    private static final int AVX2_BRANCH = 10;
    private static final int AVX512_BRANCH = 12;

    private Mkl() {}

    /** Why it cannot be used here; empty if it can. */
    static String lack() {
        if (!Platform.isLinux() || !Platform.isIntel() || !Platform.is64Bit()) {
            return "expected Linux on x86-64, found " + Loader.getPlatform();
        }
        if (Mkl.class.getResource(FOLDER + DOOR) == null) {
            return "expected org.bytedeco:mkl with the classifier linux-x86_64-redist on the class"
                    + " path, found none";
        }
        if (!line("vendor_id").contains("GenuineIntel")) {
            return "expected a processor of Intel's, found another, on which it has no strict mode";
        }
        return has(AVX2) ? "" : "expected a processor with AVX2, found one without";
    }

    /** Opens it; before the natives are loaded. */
    static NativeLibrary open() {
        try {
            for (String part : PARTS) {
                Loader.cacheResource(Mkl.class, FOLDER + part);
            }
            Loader.cacheResource(
                    Mkl.class, FOLDER + (wide() ? "libmkl_avx512.so.2" : "libmkl_avx2.so.2"));
            File door = Loader.cacheResource(Mkl.class, FOLDER + DOOR);
            return NativeLibrary.getInstance(
                    door.getPath(), Map.of(Library.OPTION_OPEN_FLAGS, LAZY | GLOBAL));
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new TensorException(
                    "Intel's MKL could not be loaded (SLUICE_BLAS=openblas does without): "
                            + e.getMessage(),
                    e);
        }
    }

    /** Makes it ready; after the natives and their OpenMP are loaded, before the first product. */
    static Mkl start(NativeLibrary opened) {
        com.sun.jna.Native.register(Mkl.class, opened);
        MKL_Set_Threading_Layer(OPENMP_OF_GNU);
        int refused = MKL_CBWR_Set(STRICT | (wide() ? AVX512_BRANCH : AVX2_BRANCH));
        if (refused != 0) {
            throw new TensorException(
                    "Intel's MKL computes not reproducibly here (code "
                            + refused
                            + "); set SLUICE_BLAS=openblas");
        }
        // A smaller team would end the threads left over, which kernels need next.
        MKL_Set_Dynamic(0);
        return new Mkl();
    }

    private static native int MKL_Set_Threading_Layer(int layer);

    private static native int MKL_CBWR_Set(int mode);

    private static native void MKL_Set_Dynamic(int yes);

    private static native void MKL_Set_Num_Threads(int count);

    private static native int MKL_Get_Max_Threads();

    private static native void MKL_Get_Version_String(byte[] into, int size);

    @Override
    public String version() {
        byte[] text = new byte[200];
        MKL_Get_Version_String(text, text.length);
        Matcher number =
                Pattern.compile("Version ([0-9.]+)")
                        .matcher(new String(text, StandardCharsets.US_ASCII));
        return number.find() ? "Intel MKL " + number.group(1) : "Intel MKL";
    }

    @Override
    public int threads() {
        return MKL_Get_Max_Threads();
    }

    @Override
    public void threads(int count) {
        MKL_Set_Num_Threads(count);
    }

    private static boolean wide() {
        return has(AVX512);
    }

    private static boolean has(String instructions) {
        return line("flags").contains(" " + instructions + " ");
    }

    /** The first line of the processors' table that begins with {@code name}, ended by a space. */
    private static String line(String name) {
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith(name)).findFirst().orElse("") + " ";
        } catch (IOException | java.io.UncheckedIOException e) {
            return "";
        }
    }
}
