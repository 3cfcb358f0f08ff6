package org.pointsman.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.LogRecord;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.registry.InMemorySchemaRegistry;
import org.pointsman.registry.RegistryUnavailableException;

class RecordCodecTest {
  private static final String TOPIC = "pointsman.events";
  private static final ClusterId CLUSTER = new ClusterId("c");

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final RecordSerializer<LogRecord> serializer =
      new RecordSerializer<>(registry, new CodecConfig(Map.of()));
  private final RecordDeserializer deserializer = new RecordDeserializer(registry);

  private static NetworkEvent down() {
    return new NetworkEvent(
        "e1",
        CLUSTER,
        Instant.ofEpochMilli(1),
        "nms",
        new TunnelDown(new TunnelId("t"), new ServerId("rs-1")));
  }

  @Test
  void theBytesAreConfluentsFramingAndAvros() {
    assertThat(HexFormat.of().formatHex(serializer.serialize(TOPIC, down())))
        .isEqualTo(
            "00"
                + "00000001"
                + "046531"
                + "0263"
                + "02"
                + "066e6d73"
                + "04"
                + "0274"
                + "02"
                + "0872732d31");
  }

  @Test
  void aTombstoneStaysOne() {
    assertThat(serializer.serialize(TOPIC, null)).isNull();
    assertThat(deserializer.deserialize(TOPIC, null)).isNull();
  }

  @Test
  void aWrongMagicByte() {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {'{', 0, 0, 0, 1, 2}))
        .isInstanceOf(RecordFormatException.class)
        .hasMessage(
            "expected a record that begins with a zero byte but it begins with 0x7b; write it with a serializer of a schema registry");
  }

  @Test
  void tooShortForAnId() {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {0, 0, 0}))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("the record has only 3 bytes");
  }

  @Test
  void anUnknownSchemaId() {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {0, 0, 0, 0, 99, 2}))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("expected a schema of id 99")
        .hasMessageContaining("was the record written with another registry?");
  }

  @Test
  void aSchemaOfSomebodyElses() {
    Schema other = SchemaBuilder.record("com.example.Order").fields().requiredInt("n").endRecord();
    int id = registry.register("orders-value", other);
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {0, 0, 0, 0, (byte) id, 2}))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("but schema id 1 is com.example.Order");
  }

  @Test
  void aTruncatedPayload() {
    byte[] whole = serializer.serialize(TOPIC, down());
    assertThatThrownBy(
            () -> deserializer.deserialize(TOPIC, Arrays.copyOf(whole, whole.length - 3)))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("expected a whole NetworkEvent of schema id 1")
        .hasMessageContaining("cut short");
  }

  @Test
  void bytesThatFollow() {
    byte[] whole = serializer.serialize(TOPIC, down());
    assertThatThrownBy(
            () -> deserializer.deserialize(TOPIC, Arrays.copyOf(whole, whole.length + 1)))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("more bytes follow");
  }

  @Test
  void aValueThatCannotBe() {
    byte[] bytes = serializer.serialize(TOPIC, down());
    bytes[9] = '/'; // the cluster's only letter
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("expected valid values in the NetworkEvent")
        .hasMessageContaining("cluster name");
  }

  @Test
  void theMessageCanSayWhere() {
    assertThat(new RecordFormatException("expected this but that").at(TOPIC, 3, 42))
        .hasMessage("pointsman.events-3@42: expected this but that");
  }

  @Test
  void aRegistryThatIsAwayIsWorthAnotherTry() {
    byte[] bytes = serializer.serialize(TOPIC, down());
    registry.setAway(true);
    RecordDeserializer fresh = new RecordDeserializer(registry);
    assertThatThrownBy(() -> fresh.deserialize(TOPIC, bytes))
        .isInstanceOf(RegistryUnavailableException.class);
    assertThat(serializer.serialize(TOPIC, down())).isEqualTo(bytes);
    registry.setAway(false);
    assertThat(fresh.deserialize(TOPIC, bytes)).isEqualTo(down());
  }

  @Test
  void aRecordOfAnOlderSchemaIsReadWithDefaults() {
    Schema older =
        SchemaBuilder.record("org.pointsman.avro.TunnelDown")
            .fields()
            .requiredString("tunnel")
            .endRecord();
    assertThat(RecordSchemas.reader(older)).isNull(); // an event never stands alone
    Schema config =
        SchemaBuilder.record("org.pointsman.avro.ClusterConfig")
            .fields()
            .requiredString("cluster")
            .name("policy")
            .type(SchemaBuilder.enumeration("org.pointsman.avro.Policy").symbols("LEAST_TUNNELS"))
            .noDefault()
            .name("virtualAddresses")
            .type()
            .array()
            .items()
            .stringType()
            .noDefault()
            .requiredLong("lingerMillis")
            .requiredLong("announceTimeoutMillis")
            .requiredLong("epoch")
            .endRecord();
    int id = registry.register("x-value", config);
    byte[] bytes = {0, 0, 0, 0, (byte) id, 2, 'c', 0, 0, 20, 40, 14};
    assertThat(deserializer.deserialize(TOPIC, bytes))
        .isInstanceOfSatisfying(
            ClusterConfig.class,
            read -> {
              assertThat(read.linger()).hasMillis(10);
              assertThat(read.drainDeadline()).isNull();
              assertThat(read.epoch()).isEqualTo(7);
            });
  }

  @Test
  void subjectsAreNamedAsTheTopicNeeds() {
    serializer.serialize("pointsman.events", down());
    serializer.serialize("pointsman.assignments", ClusterConfig.defaults(CLUSTER));
    assertThat(registry.subjects())
        .containsExactly(
            "pointsman.assignments-org.pointsman.avro.ClusterConfig", "pointsman.events-value");
  }

  @Test
  void subjectsCanBeNamedByConfluentsStrategies() {
    Map<String, String> config =
        Map.of(
            CodecConfig.SUBJECT_NAMING,
            "io.confluent.kafka.serializers.subject.RecordNameStrategy");
    new RecordSerializer<LogRecord>(registry, new CodecConfig(config)).serialize(TOPIC, down());
    assertThat(registry.subjects()).containsExactly("org.pointsman.avro.NetworkEvent");
    assertThatThrownBy(() -> new CodecConfig(Map.of(CodecConfig.SUBJECT_NAMING, "Mine")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("expected TopicNameStrategy");
  }

  @Test
  void withoutAutoRegistrationTheSchemaMustBeThere() {
    CodecConfig config = new CodecConfig(Map.of(CodecConfig.AUTO_REGISTER, "false"));
    RecordSerializer<LogRecord> careful = new RecordSerializer<>(registry, config);
    assertThatThrownBy(() -> careful.serialize(TOPIC, down()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("register it with 'pointsman topics create'");
    registry.register("pointsman.events-value", RecordSchemas.named("NetworkEvent"));
    assertThat(deserializer.deserialize(TOPIC, careful.serialize(TOPIC, down()))).isEqualTo(down());
  }

  @Test
  void aSerializerForKeysIsRefused() {
    assertThatThrownBy(() -> new RecordSerializer<>().configure(Map.of(), true))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("StringSerializer");
  }

  @Test
  void publishedSchemasAreDocumentedAndFreeOfNotesForJava() {
    assertThat(RecordSchemas.published()).hasSize(8);
    for (Schema schema : RecordSchemas.published()) {
      assertThat(schema.toString()).doesNotContain("avro.java.string");
      assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
      assertThat(schema.getFields())
          .allSatisfy(field -> assertThat(field.doc()).as(field.name()).isNotBlank());
    }
  }

  @Test
  void aLargeAnnounceFits() {
    List<IpPrefix> many =
        java.util.stream.IntStream.range(0, TunnelAnnounce.MAX_INNER_SUBNETS)
            .mapToObj(i -> IpPrefix.host(IpAddress.v4(i)))
            .toList();
    NetworkEvent event =
        new NetworkEvent(
            "e",
            CLUSTER,
            Instant.EPOCH,
            "nms",
            new TunnelAnnounce(new TunnelId("t"), List.of(IpAddress.v4(1)), many, 0));
    assertThat(deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, event)))
        .isEqualTo(event);
  }
}
