package dev.sluice.data;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A mirror on this machine that misbehaves as told. */
final class MirrorServer implements AutoCloseable {
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    final Map<String, byte[]> files = new HashMap<>();

    /** Whether it honours Range. */
    volatile boolean ranges = true;

    /** Transfers that are cut after half of what was asked for. */
    final AtomicInteger cuts = new AtomicInteger();

    /** Transfers that send half and then nothing more. */
    final AtomicInteger stalls = new AtomicInteger();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    MirrorServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/set/");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        String path = exchange.getRequestURI().getPath();
        requests.add(path.substring(path.lastIndexOf('/') + 1) + " " + range);
        byte[] file = files.get(path.substring(path.lastIndexOf('/') + 1));
        if (file == null) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        int from = 0;
        if (ranges && range != null) {
            from = Integer.parseInt(range.replace("bytes=", "").replace("-", ""));
            if (from >= file.length) {
                exchange.sendResponseHeaders(416, -1);
                exchange.close();
                return;
            }
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
        send(exchange, file, from);
    }

    private void send(HttpExchange exchange, byte[] file, int from) throws IOException {
        int rest = file.length - from;
        boolean cut = cuts.getAndDecrement() > 0;
        boolean stall = stalls.getAndDecrement() > 0;
        OutputStream out = exchange.getResponseBody();
        out.write(file, from, cut || stall ? rest / 2 : rest);
        out.flush();
        if (stall) {
            try {
                Thread.sleep(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.close();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
