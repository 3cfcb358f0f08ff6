package org.pointsman.assigner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;

class SessionTimeoutTest {
  private static List<ConfigEntry> least(String... millis) {
    return Arrays.stream(millis)
        .map(value -> new ConfigEntry("group.min.session.timeout.ms", value))
        .toList();
  }

  @Test
  void asShortAsWantedWhereAllBrokersAllowIt() {
    assertThat(SessionTimeout.of(least("1000", "3000"))).isEqualTo(SessionTimeout.WANTED);
  }

  @Test
  void otherwiseTheLeastThatAllAllow() {
    assertThat(SessionTimeout.of(least("1000", "6000"))).hasSeconds(6);
    assertThat(SessionTimeout.of(least("10000"))).hasSeconds(10);
    assertThat(SessionTimeout.of(java.util.Collections.singletonList(null)))
        .isEqualTo(SessionTimeout.ALLOWED_BY_DEFAULT);
  }

  @Test
  void severalHeartbeatsFitIn() {
    assertThat(SessionTimeout.heartbeat(Duration.ofSeconds(3))).hasMillis(500);
  }
}
