package org.pointsman.nms;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The Kafka settings that the client's promises rest on. They stand over whatever the connection
 * brings; all else is the connection's.
 */
final class KafkaProperties {
  private static final int BATCH_BYTES = 65_536;

  /** Whoever announces waits for it. Under load the requests under way gather the batches. */
  private static final int LINGER_MILLIS = 1;

  private KafkaProperties() {}

  /**
   * A producer that neither loses, repeats nor reorders: all in-sync replicas acknowledge, and the
   * brokers know what they have already, also across the producer's own retries.
   */
  static Map<String, Object> producer(Map<String, Object> connection, Duration deliveryTimeout) {
    int delivery = Math.toIntExact(deliveryTimeout.toMillis());
    Map<String, Object> properties = new HashMap<>(connection);
    properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG); // each event stands by itself
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
    properties.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, delivery);
    properties.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, requestTimeout(delivery - LINGER_MILLIS));
    return properties;
  }

  static Map<String, Object> admin(Map<String, Object> connection, Duration timeout) {
    int whole = Math.toIntExact(timeout.toMillis());
    Map<String, Object> properties = new HashMap<>(connection);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, whole);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, requestTimeout(whole));
    return properties;
  }

  /** A third, so that a request to a broker that died can be sent to another in time. */
  private static int requestTimeout(int whole) {
    return Math.max(1, whole / 3);
  }

  static String bootstrapServers(Map<String, Object> properties) {
    return String.valueOf(properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
  }
}
