package org.pointsman.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;

/**
 * A registry over Confluent's REST API. What never changes there, a schema's id and an id's schema,
 * is asked for once and kept.
 */
public final class RestSchemaRegistry implements SchemaRegistry {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RegistryHttp http;
  private final Map<Integer, Schema> byId = new ConcurrentHashMap<>();
  private final Map<SubjectSchema, Integer> registered = new ConcurrentHashMap<>();

  private record SubjectSchema(String subject, String text) {}

  public RestSchemaRegistry(RegistryConfig config) {
    this.http = new RegistryHttp(config);
  }

  @Override
  public int register(String subject, Schema schema) {
    SubjectSchema key = new SubjectSchema(subject, schema.toString());
    Integer known = registered.get(key);
    if (known != null) {
      return known;
    }
    JsonNode answer = http.post("/subjects/" + encode(subject) + "/versions", body(schema));
    int id = integer(answer, "id");
    registered.put(key, id);
    return id;
  }

  @Override
  public Schema byId(int id) {
    Schema known = byId.get(id);
    if (known != null) {
      return known;
    }
    JsonNode answer = http.get("/schemas/ids/" + id);
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new RegistryRefusalException(
          "expected schema id %d to be Avro but it is %s".formatted(id, type), 422, 42201);
    }
    Schema schema = parse(text(answer, "schema"));
    byId.put(id, schema);
    return schema;
  }

  @Override
  public Optional<RegisteredSchema> lookup(String subject, Schema schema) {
    return found(() -> http.post("/subjects/" + encode(subject), body(schema)))
        .map(RestSchemaRegistry::registered);
  }

  @Override
  public Optional<RegisteredSchema> latest(String subject) {
    return found(() -> http.get("/subjects/" + encode(subject) + "/versions/latest"))
        .map(RestSchemaRegistry::registered);
  }

  @Override
  public boolean isCompatible(String subject, Schema schema) {
    String path = "/compatibility/subjects/" + encode(subject) + "/versions/latest";
    return found(() -> http.post(path, body(schema)))
        .map(answer -> answer.path("is_compatible").asBoolean(false))
        .orElse(true);
  }

  @Override
  public CompatibilityLevel compatibility(String subject) {
    JsonNode answer =
        found(() -> http.get("/config/" + encode(subject))).orElseGet(() -> http.get("/config"));
    return level(text(answer, "compatibilityLevel"));
  }

  @Override
  public void setCompatibility(String subject, CompatibilityLevel level) {
    http.put(
        "/config/" + encode(subject),
        JSON.createObjectNode().put("compatibility", level.name()).toString());
  }

  @Override
  public List<String> subjects() {
    List<String> subjects = new ArrayList<>();
    http.get("/subjects").forEach(subject -> subjects.add(subject.asText()));
    subjects.sort(null);
    return List.copyOf(subjects);
  }

  @Override
  public void close() {
    http.close();
  }

  private interface Question {
    JsonNode ask();
  }

  private static Optional<JsonNode> found(Question question) {
    try {
      return Optional.of(question.ask());
    } catch (RegistryRefusalException refusal) {
      if (refusal.isNotFound()) {
        return Optional.empty();
      }
      throw refusal;
    }
  }

  private static RegisteredSchema registered(JsonNode answer) {
    return new RegisteredSchema(
        text(answer, "subject"),
        integer(answer, "version"),
        integer(answer, "id"),
        parse(text(answer, "schema")));
  }

  private static String body(Schema schema) {
    ObjectNode body = JSON.createObjectNode().put("schema", schema.toString());
    return body.toString();
  }

  static @Nullable JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException none) {
      return null;
    }
  }

  private static Schema parse(String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (SchemaParseException bad) {
      RegistryRefusalException refusal =
          new RegistryRefusalException(
              "expected an Avro schema from the registry but: " + bad.getMessage(), 422, 42201);
      refusal.initCause(bad);
      throw refusal;
    }
  }

  private static CompatibilityLevel level(String text) {
    try {
      return CompatibilityLevel.valueOf(text);
    } catch (IllegalArgumentException unknown) {
      throw notConfluents("compatibilityLevel", text, unknown);
    }
  }

  private static String text(JsonNode answer, String field) {
    JsonNode value = answer.get(field);
    if (value == null || !value.isTextual()) {
      throw notConfluents(field, answer.toString(), null);
    }
    return value.asText();
  }

  private static int integer(JsonNode answer, String field) {
    JsonNode value = answer.get(field);
    if (value == null || !value.canConvertToInt()) {
      throw notConfluents(field, answer.toString(), null);
    }
    return value.asInt();
  }

  private static RegistryUnavailableException notConfluents(
      String field, String answer, @Nullable Exception cause) {
    return new RegistryUnavailableException(
        "expected '%s' in the schema registry's answer but got %s; is it a registry with Confluent's REST API?"
            .formatted(field, answer.length() > 200 ? answer.substring(0, 200) + "…" : answer),
        cause);
  }

  /** Subjects may hold slashes and colons; a path segment may not. */
  private static String encode(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
