package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlasTest {
    private static final String WISH = System.getenv().getOrDefault("SLUICE_BLAS", "");

    @Test
    void the_library_is_the_one_that_was_asked_for() {
        String found = Engine.blas();
        boolean mkl = !WISH.equals("openblas") && Mkl.lack().isEmpty();
        String expected = mkl ? "Intel MKL 20\\d\\d\\.\\d.*" : "OpenBLAS \\d+\\.\\d+\\.\\d+";
        assertTrue(found.matches(expected), found);
    }

    @Test
    void as_many_threads_as_were_set() {
        int before = Engine.threads();
        try {
            for (int threads = 1; threads < 5; threads++) {
                Engine.setThreads(2, threads);
                assertEquals(threads, Engine.productThreads());
            }
        } finally {
            Engine.setThreads(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "auto", "AUTO", "openblas", "OpenBLAS"})
    void choices_that_every_machine_has(String choice) {
        Engine.requireSettings(Map.of("SLUICE_BLAS", choice));
    }

    @Test
    void another_name_is_refused_with_those_that_there_are() {
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Engine.requireSettings(Map.of("SLUICE_BLAS", "blis")));
        assertEquals("SLUICE_BLAS: expected auto, openblas or mkl, found blis", e.getMessage());
    }

    @Test
    void a_library_that_cannot_be_had_is_refused_with_the_reason() {
        Map<String, String> mkl = Map.of("SLUICE_BLAS", "mkl");
        if (Mkl.lack().isEmpty()) {
            Engine.requireSettings(mkl);
        } else {
            var e = assertThrows(IllegalArgumentException.class, () -> Engine.requireSettings(mkl));
            assertEquals("SLUICE_BLAS=mkl: " + Mkl.lack(), e.getMessage());
        }
    }

    /** Two would have two pools of threads, which take the cores from each other. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void one_openmp_serves_kernels_and_products() throws IOException {
        ProductsTest.product(4, 300, 300, 300, false);
        List<String> found;
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            found =
                    lines.filter(line -> line.contains("gomp") || line.contains("iomp"))
                            .map(line -> line.substring(line.indexOf('/')))
                            .distinct()
                            .toList();
        }
        assertEquals(1, found.size(), found.toString());
    }
}
