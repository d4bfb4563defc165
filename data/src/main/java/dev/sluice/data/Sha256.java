package dev.sluice.data;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 checksums, written as lower-case hexadecimal. */
public final class Sha256 {
    private Sha256() {}

    /** A new digest to feed bytes to. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The checksum of {@code bytes}. */
    public static String of(byte[] bytes) {
        return hex(digest().digest(bytes));
    }

    /** A finished digest as text. */
    public static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
