package org.pointsman.nms.probe;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ServerId;
import org.pointsman.nms.probe.ServerHealth.View;

/**
 * What the other probes see. Each tells it over HTTP, a line a server ({@code rs-1 DOWN}), to
 * whoever asks; each asks the others once an interval. A probe that does not answer sees nothing:
 * then there are fewer to agree.
 */
final class ProbePeers implements AutoCloseable {
  private static final String PATH = "/views";
  private static final int MOST_CHARACTERS = 1 << 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final @Nullable HttpServer server;
  private final ScheduledExecutorService asking =
      Executors.newScheduledThreadPool(
          1, Thread.ofPlatform().daemon().name("probe-peers").factory());
  private final Map<String, Set<ServerId>> down = new ConcurrentHashMap<>();

  /**
   * @param listen where to tell, or null for not at all
   * @param peers {@code HOST:PORT} of each of the others
   * @throws IOException if the port is taken
   */
  ProbePeers(
      @Nullable InetSocketAddress listen,
      List<String> peers,
      Duration interval,
      Supplier<Map<ServerId, View>> own)
      throws IOException {
    server = listen == null ? null : HttpServer.create(listen, 0);
    if (server != null) {
      server.createContext(
          PATH,
          exchange -> {
            StringBuilder lines = new StringBuilder();
            own.get().forEach((id, view) -> lines.append(id).append(' ').append(view).append('\n'));
            byte[] body = lines.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            try (var out = exchange.getResponseBody()) {
              out.write(body);
            }
          });
      server.start();
    }
    for (String peer : peers) {
      URI uri = URI.create("http://" + peer + PATH);
      ScheduledFuture<?> _ =
          asking.scheduleWithFixedDelay(
              () -> ask(peer, uri, interval), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void ask(String peer, URI uri, Duration interval) {
    try {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(interval.plusMillis(200)).build();
      HttpResponse<String> answer =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      down.put(peer, answer.statusCode() == 200 ? read(answer.body()) : Set.of());
    } catch (IOException | RuntimeException away) {
      down.remove(peer);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  /** The servers that a peer sees down; lines that are none are passed over. */
  static Set<ServerId> read(String body) {
    Set<ServerId> found = new HashSet<>();
    if (body.length() <= MOST_CHARACTERS) {
      for (String line : body.lines().toList()) {
        String[] words = line.split(" ", -1);
        if (words.length == 2 && words[1].equals(View.DOWN.name())) {
          found.add(new ServerId(words[0]));
        }
      }
    }
    return found;
  }

  /** How many of them see it down now. */
  int seeDown(ServerId id) {
    return (int) down.values().stream().filter(servers -> servers.contains(id)).count();
  }

  /** Where it tells, or -1. */
  int port() {
    return server == null ? -1 : server.getAddress().getPort();
  }

  @Override
  public void close() {
    asking.shutdownNow();
    if (server != null) {
      server.stop(0);
    }
    client.shutdownNow();
  }
}
