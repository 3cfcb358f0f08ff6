package org.pointsman.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client asks, and what it makes of answers, with a server that says what it is told. */
class RestSchemaRegistryTest {
  private static final Schema SCHEMA =
      SchemaBuilder.record("R").fields().requiredInt("n").endRecord();

  private record Answer(int status, String body) {}

  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<String> questions = new ArrayList<>();
  private final List<String> authorizations = new ArrayList<>();
  private HttpServer server = newServer();

  private static HttpServer newServer() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            questions.add(
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath());
            authorizations.add(
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            Answer answer = answers.isEmpty() ? new Answer(500, "") : answers.remove();
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private RestSchemaRegistry registry(String... more) {
    Map<String, String> properties = new HashMap<>();
    properties.put(RegistryConfig.URL, url());
    properties.put(RegistryConfig.RETRIES_WAIT_MS, "1");
    for (int i = 0; i < more.length; i += 2) {
      properties.put(more[i], more[i + 1]);
    }
    return new RestSchemaRegistry(new RegistryConfig(properties));
  }

  @Test
  void subjectsAreEncodedInThePath() {
    answers.add(new Answer(200, "{\"id\":7}"));
    try (RestSchemaRegistry registry = registry()) {
      assertThat(registry.register("a/b c", SCHEMA)).isEqualTo(7);
    }
    assertThat(questions).containsExactly("POST /subjects/a%2Fb%20c/versions");
  }

  @Test
  void idsAreAskedForOnce() {
    answers.add(new Answer(200, "{\"id\":7}"));
    answers.add(new Answer(200, "{\"schema\":\"\\\"int\\\"\"}"));
    try (RestSchemaRegistry registry = registry()) {
      registry.register("s", SCHEMA);
      registry.register("s", SCHEMA);
      assertThat(registry.byId(9)).isEqualTo(Schema.create(Schema.Type.INT));
      assertThat(registry.byId(9)).isEqualTo(Schema.create(Schema.Type.INT));
    }
    assertThat(questions).containsExactly("POST /subjects/s/versions", "GET /schemas/ids/9");
  }

  @Test
  void aFailureIsTriedAgain() {
    answers.add(new Answer(503, ""));
    answers.add(new Answer(500, "{\"error_code\":50001,\"message\":\"no store\"}"));
    answers.add(new Answer(200, "[\"b\",\"a\"]"));
    try (RestSchemaRegistry registry = registry()) {
      assertThat(registry.subjects()).containsExactly("a", "b");
    }
    assertThat(questions).hasSize(3);
  }

  @Test
  void aRegistryThatKeepsFailingIsUnavailable() {
    try (RestSchemaRegistry registry = registry(RegistryConfig.MAX_RETRIES, "1")) {
      assertThatThrownBy(() -> registry.byId(1))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining(url())
          .hasMessageContaining("answered 500")
          .hasMessageContaining("check that it runs and that schema.registry.url names it");
    }
    assertThat(questions).hasSize(2);
  }

  @Test
  void aRefusalIsNotTriedAgain() {
    answers.add(new Answer(404, "{\"error_code\":40403,\"message\":\"Schema 1 not found\"}"));
    try (RestSchemaRegistry registry = registry()) {
      assertThatThrownBy(() -> registry.byId(1))
          .isInstanceOfSatisfying(
              RegistryRefusalException.class,
              refusal -> {
                assertThat(refusal.isNotFound()).isTrue();
                assertThat(refusal.errorCode()).isEqualTo(40403);
              })
          .hasMessageContaining("Schema 1 not found");
    }
    assertThat(questions).hasSize(1);
  }

  @Test
  void somethingThatIsNoRegistryIsUnavailableAndNotARefusal() {
    answers.add(new Answer(404, "<html>not here</html>"));
    answers.add(new Answer(404, "{\"status\":404}"));
    try (RestSchemaRegistry registry = registry(RegistryConfig.MAX_RETRIES, "1")) {
      assertThatThrownBy(() -> registry.byId(1)).isInstanceOf(RegistryUnavailableException.class);
    }
  }

  @Test
  void anAnswerWithoutWhatWasAskedForIsUnavailable() {
    answers.add(new Answer(200, "{\"hello\":1}"));
    try (RestSchemaRegistry registry = registry()) {
      assertThatThrownBy(() -> registry.byId(1))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("is it a registry with Confluent's REST API?");
    }
  }

  @Test
  void theNextRegistryIsAskedAndStaysTheFirst() throws IOException {
    String gone;
    try (ServerSocket closedAtOnce = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      gone = "http://127.0.0.1:" + closedAtOnce.getLocalPort();
    }
    answers.add(new Answer(200, "[]"));
    answers.add(new Answer(200, "[]"));
    try (RestSchemaRegistry registry = registry(RegistryConfig.URL, gone + "," + url() + "/")) {
      assertThat(registry.subjects()).isEmpty();
      assertThat(registry.subjects()).isEmpty();
    }
    assertThat(questions).containsExactly("GET /subjects", "GET /subjects");
  }

  @Test
  void whoAsksIsShown() {
    for (int i = 0; i < 3; i++) {
      answers.add(new Answer(200, "[]"));
    }
    String withUser = url().replace("http://", "http://ann:secret@");
    try (RestSchemaRegistry registry = registry(RegistryConfig.URL, withUser)) {
      registry.subjects();
    }
    try (RestSchemaRegistry registry =
        registry(
            RegistryConfig.BASIC_AUTH_SOURCE,
            "USER_INFO",
            RegistryConfig.BASIC_AUTH_USER_INFO,
            "ann:secret")) {
      registry.subjects();
    }
    try (RestSchemaRegistry registry = registry(RegistryConfig.BEARER_AUTH_TOKEN, "abc")) {
      registry.subjects();
    }
    assertThat(authorizations)
        .containsExactly("Basic YW5uOnNlY3JldA==", "Basic YW5uOnNlY3JldA==", "Bearer abc");
  }

  @Test
  void notBeingLetInMayPassAndShowsNoSecret() {
    answers.add(new Answer(401, "{\"error_code\":401,\"message\":\"Unauthorized\"}"));
    String withUser = url().replace("http://", "http://ann:secret@");
    try (RestSchemaRegistry registry = registry(RegistryConfig.URL, withUser)) {
      assertThatThrownBy(() -> registry.byId(1))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("let us in but it answered 401")
          .message()
          .doesNotContain("secret");
    }
  }

  @Test
  void noSubjectIsCompatibleWithEverything() {
    answers.add(new Answer(404, "{\"error_code\":40401,\"message\":\"Subject not found\"}"));
    answers.add(new Answer(200, "{\"is_compatible\":false}"));
    try (RestSchemaRegistry registry = registry()) {
      assertThat(registry.isCompatible("s", SCHEMA)).isTrue();
      assertThat(registry.isCompatible("s", SCHEMA)).isFalse();
    }
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> registry(RegistryConfig.URL, "localhost:8081"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("expected a URL such as http://127.0.0.1:8081");
    assertThatThrownBy(() -> new RegistryConfig(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("schema.registry.url");
    assertThatThrownBy(() -> registry(RegistryConfig.BASIC_AUTH_SOURCE, "USER_INFO"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("expected USER:PASSWORD");
    assertThatThrownBy(
            () ->
                registry(
                    RegistryConfig.URL,
                    "https://127.0.0.1:1",
                    RegistryConfig.TRUSTSTORE_LOCATION,
                    "no/such/file"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no/such/file");
  }
}
