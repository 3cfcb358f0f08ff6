package org.pointsman.assigner;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After how long without a sign of life an instance's clusters go to others: the larger part of the
 * pause when one is killed. As short as the brokers allow ({@code group.min.session.timeout.ms}),
 * but not so short that a pause of the garbage collector would be taken for a death.
 */
final class SessionTimeout {
  private static final Logger log = LoggerFactory.getLogger(SessionTimeout.class);

  static final Duration WANTED = Duration.ofSeconds(3);

  /** The least that brokers allow by default. */
  static final Duration ALLOWED_BY_DEFAULT = Duration.ofSeconds(6);

  private static final String LEAST = "group.min.session.timeout.ms";

  /** So that one or two heartbeats may be late. */
  private static final int HEARTBEATS = 6;

  private SessionTimeout() {}

  /**
   * The one that all brokers allow.
   *
   * @throws KafkaException if Kafka does not answer
   */
  static Duration ask(Admin admin) {
    try {
      Collection<ConfigResource> brokers =
          admin.describeCluster().nodes().get().stream()
              .map(Node::idString)
              .map(id -> new ConfigResource(ConfigResource.Type.BROKER, id))
              .toList();
      Map<ConfigResource, Config> configs = admin.describeConfigs(brokers).all().get();
      return of(configs.values().stream().map(config -> config.get(LEAST)).toList());
    } catch (ExecutionException refused) {
      log.debug("not told {}", LEAST, refused);
      return ALLOWED_BY_DEFAULT;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new KafkaException(interrupted);
    }
  }

  /** Of what each broker says; a broker that says nothing may have the default. */
  static Duration of(Collection<? extends ConfigEntry> leasts) {
    Duration most = WANTED;
    for (ConfigEntry least : leasts) {
      Duration allowed =
          least == null || least.value() == null
              ? ALLOWED_BY_DEFAULT
              : Duration.ofMillis(Long.parseLong(least.value()));
      most = most.compareTo(allowed) >= 0 ? most : allowed;
    }
    if (most.compareTo(WANTED) > 0) {
      log.info(
          "another instance takes over {} s after this one has died; {} s with {}={} at the brokers",
          most.toSeconds(),
          WANTED.toSeconds(),
          LEAST,
          WANTED.toMillis());
    }
    return most;
  }

  static Duration heartbeat(Duration sessionTimeout) {
    return sessionTimeout.dividedBy(HEARTBEATS);
  }
}
