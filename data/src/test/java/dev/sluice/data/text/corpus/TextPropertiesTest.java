package dev.sluice.data.text.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

final class TextPropertiesTest {
    @Property(tries = 60)
    void plainDocumentsComeBackWhateverTheirLengths(
            @ForAll @Size(max = 12)
                    List<
                                    @AlphaChars @Chars({'\n', '\u6728', '<', '|'})
                                    @StringLength(max = 9) String>
                            parts,
            @ForAll @IntRange(min = 1, max = 30_000) int repeat,
            @ForAll boolean packed)
            throws IOException {
        List<String> stories =
                parts.stream().map(p -> "a" + p.repeat(repeat / (p.length() + 1)) + "z").toList();
        String all = String.join("\n<|endoftext|>\n", stories);
        Path path = Files.createTempFile("corpus", ".txt");
        try {
            Files.write(
                    path, packed ? CorpusFiles.gzip(all) : all.getBytes(StandardCharsets.UTF_8));
            assertEquals(stories, CorpusFiles.texts(path, TextFormat.standard()));
        } finally {
            Files.delete(path);
        }
    }

    @Property(tries = 20)
    void aSplitHoldsAboutItsShareAndNeverMoves(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 10) int tenths) {
        Split split = Split.of(tenths / 10.0, seed);
        int held = 0;
        for (long d = 0; d < 4000; d++) {
            assertNotEquals(split.training().test(d), split.validation().test(d));
            assertEquals(
                    split.validation().test(d), Split.of(tenths / 10.0, seed).validation().test(d));
            held += split.validation().test(d) ? 1 : 0;
        }
        assertEquals(tenths * 400, held, 200);
    }

    @Property(tries = 500)
    void aSmallCorpusHasSomethingToTrainOnAndToValidateWithAndAnythingElseStaysWhereItWas(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 60) int documents,
            @ForAll @IntRange(min = 1, max = 900) int thousandths) {
        Split plain = Split.of(thousandths / 1000.0, seed);
        Split some = plain.withSome(documents);
        int before = 0;
        int held = 0;
        int moved = 0;
        for (long d = 0; d < documents; d++) {
            before += plain.validation().test(d) ? 1 : 0;
            held += some.validation().test(d) ? 1 : 0;
            moved += plain.validation().test(d) == some.validation().test(d) ? 0 : 1;
        }
        assertEquals(documents > 1, held > 0);
        assertEquals(documents > 0, held < documents);
        boolean lacking = (documents > 1 && before == 0) || (documents > 0 && before == documents);
        assertEquals(lacking ? 1 : 0, moved);
    }

    @Property(tries = 20)
    void differentSeedsSplitDifferently(@ForAll long seed) {
        long same = 0;
        for (long d = 0; d < 400; d++) {
            same +=
                    Split.of(0.5, seed).training().test(d)
                                    == Split.of(0.5, seed + 1).training().test(d)
                            ? 1
                            : 0;
        }
        assertTrue(same > 100 && same < 300, "" + same);
    }
}
