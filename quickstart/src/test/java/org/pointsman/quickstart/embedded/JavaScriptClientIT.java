package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaFormatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordSchemas;
import org.pointsman.codec.RecordSerializer;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.LogRecord;
import org.pointsman.model.ModelArbitraries;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.registry.RegistryConfig;

/**
 * A JavaScript program reads our messages, and we read its, through the embedded registry. It uses
 * the registry client of KafkaJS.
 */
@ExtendWith(EmbeddedServers.Extension.class)
class JavaScriptClientIT {
  private static final String TOPIC = "javascript.events";
  private static final int SAMPLES = 300;

  @SuppressWarnings("NullAway.Init")
  private static NodeProject.Program javaScript;

  @SuppressWarnings("NullAway.Init")
  private static RecordSerializer<LogRecord> serializer;

  @SuppressWarnings("NullAway.Init")
  private static RecordDeserializer deserializer;

  @BeforeAll
  static void start(EmbeddedServers servers) throws Exception {
    javaScript = NodeProject.install("interop").start("roundtrip.mjs", servers.registryUrl());
    serializer = new RecordSerializer<>();
    deserializer = new RecordDeserializer();
    Map<String, Object> settings = Map.of(RegistryConfig.URL, servers.registryUrl());
    serializer.configure(settings, false);
    deserializer.configure(settings, false);
  }

  @AfterAll
  @SuppressWarnings("ConstantValue") // null where the start was skipped
  static void stop() throws Exception {
    if (javaScript != null) {
      javaScript.close();
      serializer.close();
      deserializer.close();
    }
  }

  private static NetworkEvent announcement(String id, String source, long bitsPerSecond) {
    return new NetworkEvent(
        id,
        new ClusterId("c"),
        Instant.ofEpochMilli(1_700_000_000_123L),
        source,
        new TunnelAnnounce(
            new TunnelId("t-1"),
            List.of(IpAddress.parse("192.0.2.7"), IpAddress.parse("2001:db8::7")),
            List.of(IpPrefix.parse("10.1.2.0/28")),
            bitsPerSecond));
  }

  @Test
  void javaScriptReadsWhatWeWrite() throws Exception {
    JsonNode value = ask("decode", announcement("made-in-java", "test", 64_000)).get("value");
    assertThat(value.get("eventId").asText()).isEqualTo("made-in-java");
    assertThat(value.get("occurredAt").asText()).isEqualTo("1700000000123");
    JsonNode announce = value.at("/payload/org.pointsman.avro.TunnelAnnounce");
    assertThat(announce.get("tunnel").asText()).isEqualTo("t-1");
    assertThat(announce.get("expectedBitsPerSecond").asText()).isEqualTo("64000");
    assertThat(announce.get("outerAddresses").toString())
        .isEqualTo("[\"192.0.2.7\",\"2001:db8::7\"]");
    assertThat(announce.get("innerSubnets").toString()).isEqualTo("[\"10.1.2.0/28\"]");
  }

  @Test
  void weReadWhatJavaScriptWrites() throws Exception {
    serializer.serialize(TOPIC, announcement("registers-the-schema", "test", 0));
    JsonNode answer = ask(command("announce").put("subject", TOPIC + "-value"));
    assertThat(read(answer))
        .isEqualTo(announcement("made-in-javascript", "roundtrip.mjs", 9_007_199_254_740_993L));
  }

  /** Also of the largest numbers, the rarest variants, and every kind of record. */
  @Test
  void whateverWeWriteComesBackTheSameFromJavaScript() throws Exception {
    for (LogRecord record : ModelArbitraries.logRecords().sampleStream().limit(SAMPLES).toList()) {
      assertThat(read(ask("reencode", record))).isEqualTo(record);
    }
  }

  /** Its JSON has other white space than ours, and the same id all the same. */
  @Test
  void javaScriptRegistersOurSchemasUnderTheirIds() throws Exception {
    byte[] message = serializer.serialize(TOPIC, announcement("e", "test", 0));
    int id = ByteBuffer.wrap(message).getInt(1);
    JsonNode answer =
        ask(
            command("register")
                .put("subject", TOPIC + "-value")
                .put(
                    "schema",
                    SchemaFormatter.format("json/pretty", RecordSchemas.named("NetworkEvent"))));
    assertThat(answer.get("id").asInt()).isEqualTo(id);
  }

  private static ObjectNode command(String operation) {
    return RegistryCalls.JSON.createObjectNode().put("op", operation);
  }

  private static JsonNode ask(ObjectNode command) throws IOException {
    return javaScript.ask(command);
  }

  private static JsonNode ask(String operation, LogRecord record) throws IOException {
    // As in a deployment, each kind of record has a topic, whose subject its schema evolves under.
    String topic = record instanceof NetworkEvent ? TOPIC : "javascript." + record.getClass();
    byte[] message = serializer.serialize(topic, record);
    return ask(command(operation).put("message", Base64.getEncoder().encodeToString(message)));
  }

  private static LogRecord read(JsonNode answer) {
    return deserializer.deserialize(
        TOPIC, Base64.getDecoder().decode(answer.get("message").asText()));
  }
}
