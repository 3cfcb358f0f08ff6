package org.pointsman.quickstart.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pointsman.registry.CompatibilityLevel;

/** Reads what clients send, and refuses what this registry would have to forget. */
final class RegistryRequest {
  /** Kafka's own limit for a record is little more, and the schema must fit into one. */
  static final int MAX_BODY_BYTES = 1 << 20;

  private static final Set<String> MEDIA_TYPES =
      Set.of(
          "application/vnd.schemaregistry.v1+json",
          "application/vnd.schemaregistry+json",
          "application/json",
          "application/octet-stream");

  private static final ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

  private RegistryRequest() {}

  /** The body of a registration, a lookup, or a compatibility check. */
  record SchemaBody(
      @Nullable String schema,
      @Nullable String schemaType,
      @Nullable List<SchemaReference> references,
      @Nullable JsonNode metadata,
      @Nullable JsonNode ruleSet,
      @Nullable Integer id,
      @Nullable Integer version) {

    SchemaContent content() {
      if (schema == null || schema.isBlank()) {
        throw RegistryException.invalidSchema("expected a property schema, but it is empty");
      }
      if (isPresent(metadata) || isPresent(ruleSet)) {
        throw RegistryException.invalidSchema(
            "expected neither metadata nor ruleSet, since this registry does not keep them; leave them out");
      }
      List<SchemaReference> given = Objects.requireNonNullElse(references, List.of());
      if (given.stream().anyMatch(RegistryRequest::isIncomplete)) {
        throw RegistryException.invalidSchema(
            "expected each reference to have name, subject and version from 1, but one has not");
      }
      return new SchemaContent(schemaType == null ? SchemaContent.AVRO : schemaType, schema, given);
    }
  }

  /** The body of a change of configuration. */
  record ConfigBody(
      @Nullable String compatibility,
      @Nullable JsonNode alias,
      @Nullable JsonNode compatibilityGroup,
      @Nullable JsonNode defaultMetadata,
      @Nullable JsonNode overrideMetadata,
      @Nullable JsonNode defaultRuleSet,
      @Nullable JsonNode overrideRuleSet) {

    CompatibilityLevel level() {
      if (isPresent(alias)
          || isPresent(compatibilityGroup)
          || isPresent(defaultMetadata)
          || isPresent(overrideMetadata)
          || isPresent(defaultRuleSet)
          || isPresent(overrideRuleSet)) {
        throw RegistryException.notPermitted(
            "expected only compatibility, since this registry keeps nothing else; leave the rest out");
      }
      if (compatibility == null) {
        throw RegistryException.invalidLevel();
      }
      return CompatibilityCheck.level(compatibility).orElseThrow(RegistryException::invalidLevel);
    }
  }

  static <T> T body(Context context, Class<T> type) {
    requireMediaType(context.contentType());
    byte[] bytes;
    try {
      bytes = context.bodyInputStream().readNBytes(MAX_BODY_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.length > MAX_BODY_BYTES) {
      throw RegistryException.http(
          413, "expected a body of at most %d bytes, but it is longer".formatted(MAX_BODY_BYTES));
    }
    try {
      T body = JSON.readValue(bytes, type);
      if (body != null) {
        return body;
      }
    } catch (JsonProcessingException e) {
      throw RegistryException.http(400, "expected a JSON object, but " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw RegistryException.http(400, "expected a JSON object, but it is null");
  }

  /**
   * Not only form: a page in a browser can post plain text and forms to any address without asking,
   * but not these types.
   */
  private static void requireMediaType(@Nullable String contentType) {
    if (contentType == null) {
      return;
    }
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    if (!MEDIA_TYPES.contains(type.strip())) {
      throw RegistryException.http(415, "HTTP 415 Unsupported Media Type");
    }
  }

  private static boolean isPresent(@Nullable JsonNode node) {
    return node != null && !node.isNull();
  }

  /** Jackson leaves out what the body leaves out. */
  @SuppressWarnings("NullAway")
  private static boolean isIncomplete(SchemaReference reference) {
    return reference == null
        || reference.name() == null
        || reference.subject() == null
        || reference.version() < 1;
  }
}
