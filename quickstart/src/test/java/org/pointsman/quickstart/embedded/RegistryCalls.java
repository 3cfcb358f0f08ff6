package org.pointsman.quickstart.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bare HTTP to a registry: what is sent and answered is what the test says, and nothing else. */
final class RegistryCalls implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(60))
          .build();

  RegistryCalls(String url) {
    this.url = url;
  }

  record Answer(int status, String contentType, String text) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + text, e);
      }
    }

    /** {@code 404 40401}, or the JSON. */
    String brief() {
      return status == 200 ? text : status + " " + json().path("error_code").asText("?");
    }
  }

  Answer get(String path) {
    return send("GET", path, null, RegistryApi.MEDIA_TYPE);
  }

  Answer delete(String path) {
    return send("DELETE", path, null, RegistryApi.MEDIA_TYPE);
  }

  Answer post(String path, String body) {
    return send("POST", path, BodyPublishers.ofString(body), RegistryApi.MEDIA_TYPE);
  }

  Answer put(String path, String body) {
    return send("PUT", path, BodyPublishers.ofString(body), RegistryApi.MEDIA_TYPE);
  }

  Answer send(
      String method, String path, @Nullable BodyPublisher body, @Nullable String contentType) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body == null ? BodyPublishers.noBody() : body);
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body());
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Registers and returns the id. */
  int register(String subject, String schema) {
    Answer answer = post("/subjects/" + encode(subject) + "/versions", body(schema));
    if (answer.status() != 200) {
      throw new AssertionError(answer.toString());
    }
    return answer.json().get("id").asInt();
  }

  static String body(String schema) {
    return JSON.createObjectNode().put("schema", schema).toString();
  }

  static String body(String schema, List<SchemaReference> references) {
    ObjectNode body = JSON.createObjectNode().put("schema", schema);
    ArrayNode array = body.putArray("references");
    references.forEach(array::addPOJO);
    return body.toString();
  }

  static String encode(String subject) {
    return URLEncoder.encode(subject, UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    client.close();
  }
}
