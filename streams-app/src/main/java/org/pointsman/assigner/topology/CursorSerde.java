package org.pointsman.assigner.topology;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.engine.Cursor;
import org.pointsman.model.ServerId;

/**
 * A cursor as JSON: {@code {"epoch":12,"announces":7,"turns":{"rs-1":3}}}. It stands in the
 * assigner's own changelog and nowhere else, so it needs no schema; a field that a later version
 * adds is passed over by this one.
 */
final class CursorSerde implements Serde<Cursor> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Serializer<Cursor> serializer() {
    return (_, cursor) -> encode(cursor);
  }

  @Override
  public Deserializer<Cursor> deserializer() {
    return (_, bytes) -> decode(bytes);
  }

  @SuppressWarnings("NullAway") // Kafka's own contract: null, a tombstone, stays null
  private static byte[] encode(@Nullable Cursor cursor) {
    if (cursor == null) {
      return null;
    }
    // By hand, because it is written with every decision; names of servers need no escapes.
    StringBuilder json = new StringBuilder(128);
    json.append("{\"epoch\":").append(cursor.epoch());
    json.append(",\"announces\":").append(cursor.announces()).append(",\"turns\":{");
    String separator = "";
    for (Map.Entry<ServerId, Long> turns : cursor.turns().entrySet()) {
      json.append(separator).append('"').append(turns.getKey()).append("\":");
      json.append(turns.getValue());
      separator = ",";
    }
    return json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
  }

  @SuppressWarnings("NullAway")
  private static Cursor decode(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      JsonNode json = JSON.readTree(bytes);
      SortedMap<ServerId, Long> turns = new TreeMap<>();
      for (var turn : json.required("turns").properties()) {
        turns.put(new ServerId(turn.getKey()), turn.getValue().asLong());
      }
      return new Cursor(
          json.required("epoch").asLong(), json.required("announces").asLong(), turns);
    } catch (IOException | IllegalArgumentException damaged) {
      throw new SerializationException(
          "expected a cursor but got '%s'".formatted(new String(bytes, StandardCharsets.UTF_8)),
          damaged);
    }
  }
}
