package dev.sluice.data.text.tokenizer;

/** The printable characters that stand for bytes in vocabularies of byte pairs, as in GPT-2's. */
final class ByteLetters {
    private static final int FIRST_OTHER = 256;

    private ByteLetters() {}

    /** Printable Latin-1 stands for itself; all others follow one another from U+0100 on. */
    static char of(int value) {
        if (printable(value)) {
            return (char) value;
        }
        int before = 0;
        for (int b = 0; b < value; b++) {
            before += printable(b) ? 0 : 1;
        }
        return (char) (FIRST_OTHER + before);
    }

    private static boolean printable(int b) {
        return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
    }
}
