package org.pointsman.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pointsman.cli.Connection;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.quickstart.embedded.EmbeddedServers;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/**
 * What an assigner takes back because it was killed was never said, though it stands in the log.
 */
@ExtendWith(EmbeddedServers.Extension.class)
class AbortedTransactionIT {
  private static final ClusterId CLUSTER = new ClusterId("aborted");
  private static final int TUNNELS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final ServerId FIRST = new ServerId("rs-1");
  private static final ServerId SECOND = new ServerId("rs-2");

  private final Connection connection;

  AbortedTransactionIT(EmbeddedServers servers) {
    connection =
        Connection.to(servers.bootstrapServers(), servers.registryUrl(), new Topics("aborted."));
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      new TopicCreator(admin, connection.topics()).create(1, Optional.of((short) 1));
    }
  }

  private Director start(Side side) {
    DirectorSettings settings =
        DirectorSettings.builder(side).cluster(CLUSTER).localAddresses(List.of()).build();
    return Director.start(connection, settings, FeedListener.NONE);
  }

  @Test
  void aDirectorSeesWhatIsCommittedAndNothingElse() throws Exception {
    try (AssignmentsWriter writer = new AssignmentsWriter(connection, CLUSTER, 0)) {
      writer.begin();
      writer.server(FIRST.value());
      writer.server(SECOND.value());
      for (int i = 0; i < TUNNELS; i++) {
        writer.tunnel(i, FIRST.value());
      }
      writer.commit();
      try (Director follows = start(Side.OUTER)) {
        assertThat(follows.awaitReady(PATIENCE)).isTrue();
        abortAndCommit(writer);
        assertCommitted(follows);
        try (Director comesLater = start(Side.INNER)) {
          assertThat(comesLater.awaitReady(PATIENCE)).isTrue();
          assertThat(comesLater.feed().records()).isEqualTo(TUNNELS + 2L + 1L);
          assertThat(comesLater.status().clusters()).isEqualTo(follows.status().clusters());
        }
      }
    }
  }

  private static void abortAndCommit(AssignmentsWriter writer) {
    writer.begin();
    for (int i = 0; i < TUNNELS; i++) {
      writer.tunnel(i, "rs-never");
    }
    writer.flush();
    writer.abort();
    writer.begin();
    writer.tunnel(0, SECOND.value());
    writer.commit();
  }

  private static void assertCommitted(Director director) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> director.serverOf(AssignmentsWriter.address(0)).equals(Optional.of(SECOND)));
    assertThat(director.feed().records()).isEqualTo(TUNNELS + 2L + 1L);
    for (int i = 1; i < TUNNELS; i++) {
      assertThat(director.serverOf(AssignmentsWriter.address(i))).contains(FIRST);
    }
    assertThat(director.holdings().servers()).isEqualTo(2);
  }
}
