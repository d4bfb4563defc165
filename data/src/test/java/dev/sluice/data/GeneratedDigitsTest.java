package dev.sluice.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratedDigitsTest {
    private static final int PIXELS = 784;

    private final ImageData data = GeneratedDigits.generate(1, 2000, 500);

    @Test
    void theStandardSetHasItsRecordedBytesOnEveryMachine() {
        DataCheck check = Datasets.of(Map.of()).check("generated");
        assertTrue(check.published());
        assertTrue(check.data().generated());
        assertEquals(12_000, check.data().train().size());
        assertEquals(2_000, check.data().test().size());
    }

    @Test
    void theSeedDecidesTheBytes() {
        assertEquals(data.sha256(), GeneratedDigits.generate(1, 2000, 500).sha256());
        for (Map.Entry<String, String> other :
                GeneratedDigits.generate(2, 2000, 500).sha256().entrySet()) {
            assertNotEquals(data.sha256().get(other.getKey()), other.getValue());
        }
    }

    @Test
    void fewerImagesAreAPrefixOfMore() {
        ImageSet few = GeneratedDigits.generate(1, 37, 10).train();
        assertArrayEquals(data.train().first(37).images(), few.images());
        assertArrayEquals(data.train().first(37).labels(), few.labels());
        assertThrows(IllegalArgumentException.class, () -> GeneratedDigits.generate(1, 0, 10));
    }

    @Test
    void everyTenImagesHoldEachDigitOnce() {
        byte[] labels = data.train().labels();
        for (int i = 0; i < labels.length; i += 10) {
            byte[] ten = Arrays.copyOfRange(labels, i, i + 10);
            Arrays.sort(ten);
            assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, ten);
        }
    }

    @Test
    void noImageOccursTwiceNorInBothSets() {
        Set<String> seen = new HashSet<>();
        for (ImageSet set : new ImageSet[] {data.train(), data.test()}) {
            for (int i = 0; i < set.size(); i++) {
                byte[] image = Arrays.copyOfRange(set.images(), i * PIXELS, (i + 1) * PIXELS);
                assertTrue(seen.add(Sha256.of(image)), "image " + i + " occurs twice");
            }
        }
    }

    @Test
    void digitsAreWhiteOnBlackCentredByMassAndWithinTheFrame() {
        byte[] images = data.train().images();
        int touchingTheBorder = 0;
        int offCentre = 0;
        for (int i = 0; i < data.train().size(); i++) {
            double mass = 0;
            double x = 0;
            double y = 0;
            boolean border = false;
            for (int p = 0; p < PIXELS; p++) {
                int value = images[i * PIXELS + p] & 0xFF;
                mass += value;
                x += value * (p % 28);
                y += value * (p / 28);
                border |= value > 0 && (p < 28 || p >= 756 || p % 28 == 0 || p % 28 == 27);
            }
            touchingTheBorder += border ? 1 : 0;
            assertEquals(13.5, x / mass, 4.0, "image " + i);
            assertEquals(13.5, y / mass, 4.0, "image " + i);
            offCentre += Math.hypot(x / mass - 13.5, y / mass - 13.5) > 1.5 ? 1 : 0;
            assertTrue(mass / PIXELS > 5 && mass / PIXELS < 110, "image " + i);
        }
        assertEquals(0, touchingTheBorder);
        // Only digits whose mass is at one end, such as sevens, give way to the frame.
        assertTrue(offCentre < 100, offCentre + " of 2000 are off centre");
    }

    @Test
    void digitsAreLearnableButNotTrivial() {
        double[][] mean = new double[10][PIXELS];
        ImageSet train = data.train();
        for (int i = 0; i < train.size(); i++) {
            for (int p = 0; p < PIXELS; p++) {
                mean[train.label(i)][p] += (train.images()[i * PIXELS + p] & 0xFF) * 10.0 / 2000;
            }
        }
        int right = 0;
        for (int i = 0; i < data.test().size(); i++) {
            right += nearest(mean, data.test().images(), i) == data.test().label(i) ? 1 : 0;
        }
        double accuracy = right / 500.0;
        // The nearest mean image reads 82 % of MNIST's test digits.
        assertTrue(accuracy > 0.65 && accuracy < 0.92, "nearest mean reads " + accuracy);
    }

    private static int nearest(double[][] mean, byte[] images, int image) {
        int best = -1;
        double least = Double.MAX_VALUE;
        for (int digit = 0; digit < 10; digit++) {
            double distance = 0;
            for (int p = 0; p < PIXELS; p++) {
                double d = mean[digit][p] - (images[image * PIXELS + p] & 0xFF);
                distance += d * d;
            }
            if (distance < least) {
                least = distance;
                best = digit;
            }
        }
        return best;
    }

    @Test
    void theSetNamesItselfGenerated() {
        assertEquals("generated", data.name());
        assertTrue(data.generated());
        assertTrue(data.origin().contains("seed 1"));
        assertFalse(data.origin().contains("mnist"));
    }
}
