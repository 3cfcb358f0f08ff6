package org.pointsman.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the registries in turn until one answers, and again after a while; whichever answered is
 * asked first the next time.
 */
final class RegistryHttp implements AutoCloseable {
  private static final String TYPE = "application/vnd.schemaregistry.v1+json";

  private final RegistryConfig config;
  private final List<Endpoint> endpoints;
  private final HttpClient client;
  private final AtomicInteger preferred = new AtomicInteger();

  /**
   * @param url without credentials, so that no message shows them
   * @param authorization the header that goes with it, or null
   */
  private record Endpoint(URI url, @Nullable String authorization) {}

  RegistryHttp(RegistryConfig config) {
    this.config = config;
    this.endpoints = config.urls().stream().map(url -> endpoint(url, config)).toList();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(config.connectTimeout());
    if (endpoints.stream().anyMatch(RegistryHttp::isTls)) {
      builder.sslContext(RegistryTls.context(config));
    }
    this.client = builder.build();
  }

  private static boolean isTls(Endpoint endpoint) {
    return endpoint.url().getScheme().toLowerCase(Locale.ROOT).equals("https");
  }

  private static Endpoint endpoint(URI url, RegistryConfig config) {
    String userInfo = url.getUserInfo() != null ? url.getUserInfo() : config.userInfo();
    String token = config.bearerToken();
    String authorization = null;
    if (userInfo != null) {
      authorization =
          "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    } else if (token != null) {
      authorization = "Bearer " + token;
    }
    try {
      URI bare =
          new URI(url.getScheme(), null, url.getHost(), url.getPort(), url.getPath(), null, null);
      return new Endpoint(bare, authorization);
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  JsonNode get(String path) {
    return ask("GET", path, null);
  }

  JsonNode post(String path, String body) {
    return ask("POST", path, body);
  }

  void put(String path, String body) {
    ask("PUT", path, body);
  }

  private JsonNode ask(String method, String path, @Nullable String body) {
    List<String> failures = new ArrayList<>();
    Exception last = null;
    for (int attempt = 0; attempt <= config.maxRetries(); attempt++) {
      if (attempt > 0) {
        pause(config.wait(attempt));
      }
      failures.clear();
      for (int i = 0; i < endpoints.size(); i++) {
        int which = (preferred.get() + i) % endpoints.size();
        Endpoint endpoint = endpoints.get(which);
        try {
          JsonNode answer = ask(endpoint, method, path, body);
          preferred.set(which);
          return answer;
        } catch (IOException failed) {
          last = failed;
          failures.add(endpoint.url() + " (" + reason(failed) + ")");
        }
      }
    }
    throw new RegistryUnavailableException(
        "expected an answer from the schema registry at %s but got none; check that it runs and that %s names it"
            .formatted(String.join(", ", failures), RegistryConfig.URL),
        last);
  }

  /**
   * @throws IOException if another one should be asked, or this one later
   */
  private JsonNode ask(Endpoint endpoint, String method, String path, @Nullable String body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.url() + path))
            .timeout(config.readTimeout())
            .header("Accept", TYPE + ", application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", TYPE);
    }
    if (endpoint.authorization() != null) {
      request.header("Authorization", endpoint.authorization());
    }
    HttpResponse<String> response = send(request.build());
    JsonNode answer = RestSchemaRegistry.json(response.body());
    int status = response.statusCode();
    if (status >= 200 && status < 300 && answer != null) {
      return answer;
    }
    throw refusal(endpoint, method + " " + path, status, answer);
  }

  /** Sorts the answers that are not as hoped: worth another try, or a plain no. */
  private static RuntimeException refusal(
      Endpoint endpoint, String question, int status, @Nullable JsonNode answer)
      throws IOException {
    String said =
        answer != null && answer.hasNonNull("message") ? answer.get("message").asText() : "";
    if (status == 401 || status == 403) {
      return new RegistryUnavailableException(
          "expected the schema registry at %s to let us in but it answered %d %s; check %s or %s"
              .formatted(
                  endpoint.url(),
                  status,
                  said,
                  RegistryConfig.BASIC_AUTH_USER_INFO,
                  RegistryConfig.BEARER_AUTH_TOKEN),
          null);
    }
    // Without Confluent's error code it is not a registry that says no, but something in between.
    if (answer == null || !answer.has("error_code") || status >= 500 || status == 429) {
      throw new IOException("answered " + status + " " + said);
    }
    int code = answer.get("error_code").asInt(status);
    return new RegistryRefusalException(
        "the schema registry at %s answered %s with %d: %s"
            .formatted(endpoint.url(), question, code, said),
        status,
        code);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted); // sets the thread's flag again
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
  }

  /** The JDK's HTTP client leaves many of its exceptions without a message. */
  private static String reason(IOException failed) {
    String message = failed.getMessage();
    return message != null ? message : failed.getClass().getSimpleName();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
