package dev.sluice.report;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes grey frames as an endless GIF (version 89a) with one palette for all: {@link
 * javax.imageio} gives every frame a palette of its own.
 */
final class GifEncoder {
    private static final int BITS = 6;
    private static final int TONES = 1 << BITS;
    private static final int CLEAR = TONES;
    private static final int END = TONES + 1;
    private static final int LIMIT = 4096;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final short[] next = new short[LIMIT * TONES];
    private final byte[] block = new byte[255];
    private int blockLength;
    private int bits;
    private int bitCount;

    private GifEncoder() {}

    /** Frames of ink, 0 white and 255 black, row by row. */
    static byte[] encode(int width, int height, int hundredths, List<byte[]> frames) {
        return new GifEncoder().file(width, height, hundredths, frames);
    }

    private byte[] file(int width, int height, int hundredths, List<byte[]> frames) {
        out.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        number(width);
        number(height);
        out.writeBytes(new byte[] {(byte) (0xF0 | (BITS - 1)), 0, 0});
        for (int tone = 0; tone < TONES; tone++) {
            int grey = 255 - tone * 255 / (TONES - 1);
            out.writeBytes(new byte[] {(byte) grey, (byte) grey, (byte) grey});
        }
        out.writeBytes(new byte[] {0x21, (byte) 0xFF, 11});
        out.writeBytes("NETSCAPE2.0".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {3, 1, 0, 0, 0});
        for (byte[] frame : frames) {
            out.writeBytes(new byte[] {0x21, (byte) 0xF9, 4, 4});
            number(hundredths);
            out.writeBytes(new byte[] {0, 0, 0x2C, 0, 0, 0, 0});
            number(width);
            number(height);
            out.writeBytes(new byte[] {0, BITS});
            pixels(frame);
        }
        out.write(0x3B);
        return out.toByteArray();
    }

    private void number(int value) {
        out.write(value);
        out.write(value >> 8);
    }

    /** LZW: codes grow from 7 bits to 12, then the table starts anew. */
    private void pixels(byte[] frame) {
        int width = clear(BITS + 1);
        int free = END + 1;
        int string = tone(frame[0]);
        for (int i = 1; i < frame.length; i++) {
            int tone = tone(frame[i]);
            int longer = string * TONES + tone;
            if (next[longer] != 0) {
                string = next[longer];
                continue;
            }
            code(string, width);
            string = tone;
            if (free == LIMIT) {
                width = clear(width);
                free = END + 1;
            } else {
                next[longer] = (short) free;
                width += free == 1 << width ? 1 : 0;
                free++;
            }
        }
        code(string, width);
        code(END, width);
        flush();
    }

    /** Forgets every string; returns the bits of a code from then on. */
    private int clear(int width) {
        code(CLEAR, width);
        Arrays.fill(next, (short) 0);
        return BITS + 1;
    }

    private static int tone(byte ink) {
        return (ink & 0xFF) >> (8 - BITS);
    }

    private void code(int code, int width) {
        bits |= code << bitCount;
        bitCount += width;
        while (bitCount >= 8) {
            put((byte) bits);
            bits >>>= 8;
            bitCount -= 8;
        }
    }

    private void put(byte value) {
        block[blockLength++] = value;
        if (blockLength == block.length) {
            writeBlock();
        }
    }

    private void writeBlock() {
        out.write(blockLength);
        out.write(block, 0, blockLength);
        blockLength = 0;
    }

    private void flush() {
        if (bitCount > 0) {
            put((byte) bits);
            bits = 0;
            bitCount = 0;
        }
        if (blockLength > 0) {
            writeBlock();
        }
        out.write(0);
    }
}
