package dev.sluice.studio;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in. Every request passes: its Host must be an address or the name we are bound to
 * (so that no foreign name can be pointed at us), its Origin ours if it has one (so that no foreign
 * page can use us), and where others can reach us, it must bring the token.
 */
final class Doorkeeper {
    private static final String COOKIE = "sluice-studio";
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private final String bind;
    private final @Nullable String token;

    /**
     * @param token null where only this machine can reach us
     */
    Doorkeeper(String bind, @Nullable String token) {
        this.bind = bind.toLowerCase(Locale.ROOT);
        this.token = token;
    }

    /** Lets a request in, or throws; a first visit with the token gets a cookie for the next. */
    void check(Context ctx) {
        ctx.header("Content-Security-Policy", POLICY);
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.header("Referrer-Policy", "no-referrer");
        ctx.header("Cross-Origin-Opener-Policy", "same-origin");
        ctx.header("Cross-Origin-Resource-Policy", "same-origin");
        ctx.header("Cache-Control", "no-store");
        String host = ctx.header("Host");
        if (host == null || !ours(name(host))) {
            throw RequestException.of(
                    403, "this Host is not ours: open the address that `sluice studio` printed");
        }
        String origin = ctx.header("Origin");
        if (origin != null
                && !origin.equals("http://" + host)
                && !origin.equals("https://" + host)) {
            throw RequestException.of(403, "requests from pages of another origin are refused");
        }
        if (token != null) {
            requireToken(ctx, token);
        }
    }

    /** The name in a Host header, without the port. */
    private static String name(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.startsWith("[")) {
            return lower.substring(1, Math.max(1, lower.indexOf(']')));
        }
        int colon = lower.indexOf(':');
        return colon < 0 ? lower : lower.substring(0, colon);
    }

    private boolean ours(String name) {
        boolean address = name.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-f.]*:[0-9a-f:.]*");
        boolean loopback =
                name.equals("localhost") || name.startsWith("127.") || name.equals("::1");
        return name.equals(bind)
                || (address ? token != null || loopback : name.equals("localhost"));
    }

    private static void requireToken(Context ctx, String token) {
        String brought = ctx.queryParam("token");
        if (same(brought, token)) {
            Cookie cookie = new Cookie(COOKIE, token);
            cookie.setHttpOnly(true);
            cookie.setSameSite(SameSite.STRICT);
            cookie.setPath("/");
            ctx.cookie(cookie);
        } else if (!same(ctx.cookie(COOKIE), token) && !same(bearer(ctx), token)) {
            throw RequestException.of(
                    401, "a token is needed: open the address that `sluice studio` printed");
        }
    }

    private static @Nullable String bearer(Context ctx) {
        String header = ctx.header("Authorization");
        return header != null && header.startsWith("Bearer ") ? header.substring(7) : null;
    }

    /** Takes the same time wherever the first difference is. */
    private static boolean same(@Nullable String brought, String token) {
        return brought != null
                && MessageDigest.isEqual(
                        brought.getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }
}
