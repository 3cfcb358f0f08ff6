package org.pointsman.assigner;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.pointsman.cli.CliException;

/** Serves metrics to Prometheus at {@code /metrics}, on the loopback address alone. */
final class MetricsEndpoint implements AutoCloseable {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads;

  private MetricsEndpoint(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts one.
   *
   * @param port 0 for any
   * @throws CliException if the port is taken
   */
  static MetricsEndpoint start(PrometheusMeterRegistry meters, int port) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      HttpServer server = HttpServer.create(address, /* backlog= */ 0);
      ExecutorService threads =
          Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("metrics").factory());
      server.setExecutor(threads);
      server.createContext(
          "/metrics",
          exchange -> {
            byte[] body = meters.scrape(TEXT).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", TEXT);
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(body);
            }
          });
      server.start();
      return new MetricsEndpoint(server, threads);
    } catch (IOException taken) {
      throw new CliException(
          "expected to serve metrics at %s but could not (%s); give another --metrics-port"
              .formatted(address, taken.getMessage()));
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
