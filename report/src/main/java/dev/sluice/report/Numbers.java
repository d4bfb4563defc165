package dev.sluice.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as a reader wants them: few digits, a true minus sign, powers of ten as superscripts. */
final class Numbers {
    static final String NONE = "\u2013";
    private static final String MINUS = "\u2212";
    private static final String SUPERSCRIPTS =
            "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

    private Numbers() {}

    /** Four significant digits. */
    static String brief(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(4));
        double size = Math.abs(value);
        boolean plain = value == 0 || (size >= 1e-4 && size < 1e6);
        return plain ? plain(rounded.stripTrailingZeros()) : scientific(rounded);
    }

    /** Exactly so many decimals; very large numbers in scientific form. */
    static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        BigDecimal exact = BigDecimal.valueOf(value);
        if (Math.abs(value) >= 1e12) {
            return scientific(exact.round(new MathContext(decimals + 1)));
        }
        return plain(exact.setScale(decimals, RoundingMode.HALF_EVEN));
    }

    /** All digits, those of whole numbers from 10 000 on in groups of three. */
    static String plain(BigDecimal value) {
        String digits = value.toPlainString();
        if (value.signum() == 0) {
            return value.scale() <= 0 ? "0" : digits;
        }
        return withMinus(value.scale() <= 0 ? grouped(digits) : digits);
    }

    private static String grouped(String digits) {
        StringBuilder out = new StringBuilder(digits);
        int start = digits.startsWith("-") ? 1 : 0;
        if (digits.length() - start >= 5) {
            for (int i = digits.length() - 3; i > start; i -= 3) {
                out.insert(i, '\u202f');
            }
        }
        return out.toString();
    }

    /** A mantissa from 1 to 10 times a power of ten; the mantissa 1 is left out. */
    static String scientific(BigDecimal value) {
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal stripped = value.stripTrailingZeros();
        int exponent = stripped.precision() - stripped.scale() - 1;
        String mantissa = stripped.scaleByPowerOfTen(-exponent).toPlainString();
        String power = "10" + superscript(exponent);
        if (mantissa.equals("1") || mantissa.equals("-1")) {
            return withMinus(mantissa.replace("1", "") + power);
        }
        return withMinus(mantissa) + "\u00d7" + power;
    }

    private static String superscript(int exponent) {
        StringBuilder out = new StringBuilder();
        for (char c : Integer.toString(exponent).toCharArray()) {
            out.append(c == '-' ? '\u207b' : SUPERSCRIPTS.charAt(c - '0'));
        }
        return out.toString();
    }

    private static String withMinus(String number) {
        return number.startsWith("-") ? MINUS + number.substring(1) : number;
    }
}
