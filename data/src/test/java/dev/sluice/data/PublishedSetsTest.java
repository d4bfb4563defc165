package dev.sluice.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the published sets where SLUICE_DATA has them. */
class PublishedSetsTest {
    private final Datasets datasets = Datasets.of(System.getenv());

    private void assumeHere(String name) {
        boolean here =
                datasets.list().stream().anyMatch(set -> set.name().equals(name) && set.here());
        assumeTrue(here, "skipped: no " + name + " in SLUICE_DATA or the cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist", "fashion-mnist"})
    void thePublishedFilesPassTheirChecksums(String name) {
        assumeHere(name);
        DataCheck check = datasets.check(name);
        assertTrue(check.published());
        assertEquals(60_000, check.data().train().size());
        assertEquals(10_000, check.data().test().size());
    }

    @Test
    void mnistHasItsKnownNumberOfEachDigit() {
        assumeHere("mnist");
        assertEquals("mnist", datasets.digitsByDefault().name());
        ImageData mnist = datasets.open("mnist", ProgressListener.silent());
        assertArrayEquals(
                new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
                counts(mnist.train()));
        assertArrayEquals(
                new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009},
                counts(mnist.test()));
    }

    private static int[] counts(ImageSet set) {
        int[] counts = new int[10];
        for (byte label : set.labels()) {
            counts[label]++;
        }
        return counts;
    }
}
