package org.pointsman.nms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPropertiesTest {

  @Test
  void noConnectionLoosensThePromises() {
    Map<String, Object> loose =
        Map.of(
            "acks", "1",
            "enable.idempotence", "false",
            "max.in.flight.requests.per.connection", "100",
            "retries", "0",
            "transactional.id", "me",
            "compression.type", "zstd");

    Map<String, Object> properties = KafkaProperties.producer(loose, Duration.ofSeconds(30));

    assertThat(properties)
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .containsEntry("max.in.flight.requests.per.connection", 5)
        .containsEntry("retries", Integer.MAX_VALUE)
        .containsEntry("delivery.timeout.ms", 30_000)
        .containsEntry("max.block.ms", 30_000)
        .containsEntry("compression.type", "zstd")
        .doesNotContainKey("transactional.id");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 30, 3600})
  void kafkaTakesTheSettings(long seconds) {
    Map<String, Object> connection = new HashMap<>();
    connection.put("bootstrap.servers", "127.0.0.1:1");
    Duration timeout = Duration.ofSeconds(seconds);
    Map<String, Object> producer = KafkaProperties.producer(connection, timeout);
    producer.put("key.serializer", StringSerializer.class);
    producer.put("value.serializer", StringSerializer.class);

    ProducerConfig taken = new ProducerConfig(producer);
    AdminClientConfig takenByAdmin =
        new AdminClientConfig(KafkaProperties.admin(connection, timeout));

    assertThat(taken.getInt("delivery.timeout.ms"))
        .isGreaterThanOrEqualTo(taken.getInt("request.timeout.ms") + 5);
    assertThat(takenByAdmin.getInt("default.api.timeout.ms"))
        .isGreaterThanOrEqualTo(takenByAdmin.getInt("request.timeout.ms"));
  }
}
