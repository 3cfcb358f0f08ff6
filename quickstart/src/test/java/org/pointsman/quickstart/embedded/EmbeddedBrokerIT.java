package org.pointsman.quickstart.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
  private static final String TOPIC = "kept";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  @TempDir Path directory;

  @Test
  void dataAndClusterIdOutliveARestartOnOtherPorts() throws Exception {
    String clusterId;
    String address;
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      clusterId = broker.clusterId();
      address = broker.bootstrapServers();
      createTopic(address);
      produce(address, "before");
    }
    try (ServerSocket taken = listenOn(address);
        EmbeddedBroker broker = EmbeddedBroker.start(directory, taken.getLocalPort())) {
      assertThat(broker.bootstrapServers()).isNotEqualTo(address);
      assertThat(broker.clusterId()).isEqualTo(clusterId);
      produce(broker.bootstrapServers(), "after");
      assertThat(consume(broker.bootstrapServers(), 2)).containsExactly("before", "after");
    }
  }

  @Test
  void aPreferredPortThatIsFreeIsTaken() {
    int port = LoopbackPorts.any();
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, port)) {
      assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
    }
  }

  @Test
  void aTransactionCommitsOnTheOneNode() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      createTopic(broker.bootstrapServers());
      Map<String, Object> properties =
          Map.of(
              "bootstrap.servers",
              broker.bootstrapServers(),
              "transactional.id",
              "one node is enough");
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
        producer.initTransactions();
        producer.beginTransaction();
        Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(TOPIC, "k", "committed"));
        producer.commitTransaction();
        assertThat(sent.get(60, TimeUnit.SECONDS).offset()).isZero();
      }
      assertThat(consume(broker.bootstrapServers(), 1)).containsExactly("committed");
    }
  }

  @Test
  void nothingIsDeletedByDefaultAndNoTopicAppearsByItself() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      createTopic(broker.bootstrapServers());
      Config topic = describe(admin, ConfigResource.Type.TOPIC, TOPIC);
      assertThat(topic.get("retention.ms").value()).isEqualTo("-1");
      assertThat(topic.get("retention.bytes").value()).isEqualTo("-1");
      assertThat(topic.get("max.message.bytes").value()).isEqualTo("1048588");
      Config node = describe(admin, ConfigResource.Type.BROKER, "1");
      assertThat(node.get("auto.create.topics.enable").value()).isEqualTo("false");
      assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS)).containsExactly(TOPIC);
    }
  }

  @Test
  void aSecondBrokerOnTheDirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("expected " + directory.toRealPath() + " to be unused")
          .hasMessageContaining("but this process runs a broker on it; do stop that one");
      createTopic(broker.bootstrapServers());
      produce(broker.bootstrapServers(), "still here");
      assertThat(consume(broker.bootstrapServers(), 1)).containsExactly("still here");
    }
  }

  @Test
  void aBrokerOfAnotherProcessIsNamedAndItsDataSurvivesItsKill() throws Exception {
    BrokerProcess other = BrokerProcess.start(directory);
    try {
      assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("process " + other.pid() + " runs a broker on it");
      createTopic(other.bootstrapServers());
      produce(other.bootstrapServers(), "acknowledged before the kill");
    } finally {
      other.kill();
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      assertThat(consume(broker.bootstrapServers(), 1))
          .containsExactly("acknowledged before the kill");
    }
  }

  @Test
  void aDirectoryLockedByAKafkaOfAnotherKindIsRefused() throws Exception {
    EmbeddedBroker.start(directory, 0).close();
    Process holder = BrokerProcess.lockFile(directory.resolve(".lock"));
    try {
      assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("another program runs a broker on it");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    for (Path path : List.of(file, file.resolve("below"))) {
      assertThatThrownBy(() -> EmbeddedBroker.start(path, 0))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("expected a directory that can be written")
          .hasMessageContaining("do choose another directory");
    }
  }

  @Test
  void aDirectoryOfOtherFilesIsLeftAlone() throws Exception {
    Files.writeString(directory.resolve("thesis.txt"), "years of work");
    assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("but it holds thesis.txt and no meta.properties; do choose another");
    assertThat(directory.resolve("thesis.txt")).hasContent("years of work");
  }

  @Test
  void damagedMetaPropertiesAreNamed() throws Exception {
    EmbeddedBroker.start(directory, 0).close();
    Path meta = directory.resolve("meta.properties");
    String good = Files.readString(meta);

    assertRefused(meta, "", "but it is damaged");
    assertRefused(meta, "\u0000\u0001garbage", "but it is damaged");
    assertRefused(meta, good.replaceAll("cluster.id=.*", ""), "but it is damaged");
    assertRefused(meta, good.replace("node.id=1", "node.id=7"), "say node.id=1, but it says 7");
    Files.delete(meta);
    assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("and no meta.properties");

    Files.writeString(meta, good, StandardOpenOption.CREATE);
    EmbeddedBroker.start(directory, 0).close();
  }

  @Test
  void closingTwiceIsHarmless() {
    EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
    broker.close();
    broker.close();
    EmbeddedBroker.start(directory, 0).close();
  }

  private void assertRefused(Path meta, String content, String reason) throws IOException {
    Files.writeString(meta, content);
    assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining(meta.toRealPath().toString())
        .hasMessageContaining(reason);
  }

  private static Config describe(Admin admin, ConfigResource.Type type, String name)
      throws Exception {
    ConfigResource resource = new ConfigResource(type, name);
    return Objects.requireNonNull(
        admin.describeConfigs(List.of(resource)).all().get(60, TimeUnit.SECONDS).get(resource));
  }

  private static ServerSocket listenOn(String address) throws IOException {
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    return new ServerSocket(port, 1, InetAddress.ofLiteral(LoopbackPorts.HOST));
  }

  private static void createTopic(String address) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      NewTopic topic = new NewTopic(TOPIC, Optional.of(1), Optional.empty());
      admin.createTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
    }
  }

  private static void produce(String address, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", address, "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "k", value)).get(60, TimeUnit.SECONDS);
    }
  }

  private static List<String> consume(String address, int count) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", address, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      List<String> values = new ArrayList<>();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
      }
      return values;
    }
  }
}
