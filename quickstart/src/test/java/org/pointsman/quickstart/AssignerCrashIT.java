package org.pointsman.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.cli.Connection;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelId;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.nms.outcome.KafkaOutcomes;
import org.pointsman.nms.outcome.Outcomes;
import org.pointsman.quickstart.embedded.EmbeddedServers;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/**
 * An assigner that is killed in the middle of its work, and started again, leaves exactly one
 * outcome of every event.
 */
@ExtendWith(EmbeddedServers.Extension.class)
class AssignerCrashIT {
  private static final ClusterId CLUSTER = new ClusterId("crash");
  private static final String PREFIX = "crash.";
  private static final int SERVERS = 3;
  private static final int TUNNELS = 10_000;

  /** The rest is announced while no assigner runs, so the kill always comes before the end. */
  private static final int TUNNELS_BEFORE_THE_KILL = 9_000;

  private static final int OUTCOMES_BEFORE_THE_KILL = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(5);

  private final Connection connection;
  private final ClusterLog log;

  @TempDir private Path directory;
  private @Nullable AssignerProcess assigner;

  AssignerCrashIT(EmbeddedServers servers) {
    connection =
        Connection.to(servers.bootstrapServers(), servers.registryUrl(), new Topics(PREFIX));
    log = new ClusterLog(connection, CLUSTER);
  }

  @AfterEach
  void killAssigner() throws InterruptedException {
    if (assigner != null) {
      assigner.kill();
    }
  }

  @Test
  void aKilledAssignerLeavesExactlyOneOutcomeOfEveryEvent() throws Exception {
    createTopics();
    List<InventoryLine> tunnels = new InventoryGenerator(CLUSTER, 1).generate(TUNNELS).toList();
    Map<Long, TunnelId> announced;
    try (NmsClient nms = NmsClient.connect(connection, NmsSettings.defaults());
        Outcomes outcomes =
            KafkaOutcomes.fromNow(
                connection, List.of(nms.partitionOf(CLUSTER)), AssignerCrashIT::fail)) {
      startAssigner();
      registerServers(nms);
      announced = new TreeMap<>(announce(nms, tunnels.subList(0, TUNNELS_BEFORE_THE_KILL)));
      int seen = awaitOutcomes(outcomes, OUTCOMES_BEFORE_THE_KILL);
      killAssigner();
      System.out.printf(
          "killed after %d outcomes were seen; %d decisions stood then, of %d announces%n",
          seen, log.decisions().size(), TUNNELS);
      announced.putAll(announce(nms, tunnels.subList(TUNNELS_BEFORE_THE_KILL, TUNNELS)));
      startAssigner();
      awaitOutcomes(outcomes, SERVERS + TUNNELS - seen);
      java.util.Objects.requireNonNull(assigner).stop();
    }
    assertThat(announced).hasSize(TUNNELS);
    assertOneOutcomeOfEach(announced);
    assertThat(log.decisions())
        .extracting(Decision::epoch)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, SERVERS + TUNNELS).boxed().toList());
    Map<String, Entity> assignments = log.assignments();
    assertThat(assignments.values())
        .filteredOn(Assignment.class::isInstance)
        .hasSize(TUNNELS)
        .allSatisfy(tunnel -> assertThat(((Assignment) tunnel).server()).isNotNull());
    assertThat(assignments).isEqualTo(log.folded());
  }

  private void createTopics() {
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      new TopicCreator(admin, connection.topics()).create(1, Optional.of((short) 1));
    }
  }

  private void startAssigner() throws IOException {
    assigner =
        AssignerProcess.start(
            connection,
            PREFIX,
            directory.resolve("state"),
            /* standbyReplicas= */ 0,
            Path.of("target", "assigner-crash.log"));
  }

  private static void registerServers(NmsClient nms) {
    for (int i = 1; i <= SERVERS; i++) {
      nms.registerServer(
              CLUSTER,
              new ServerRegister(
                  new ServerId("gw-" + i), IpAddress.parse("192.0.2." + i), /* mac= */ null))
          .join();
    }
  }

  /** The tunnels by the offsets of their acknowledged announces. */
  private static Map<Long, TunnelId> announce(NmsClient nms, List<InventoryLine> tunnels) {
    List<CompletableFuture<Acknowledgement>> answers =
        tunnels.stream().map(line -> nms.send(CLUSTER, line.announce())).toList();
    Map<Long, TunnelId> byOffset = new HashMap<>();
    for (int i = 0; i < tunnels.size(); i++) {
      byOffset.put(answers.get(i).join().offset(), tunnels.get(i).announce().tunnel());
    }
    return byOffset;
  }

  /** Returns how many came: {@code least} or more. */
  private static int awaitOutcomes(Outcomes outcomes, int least) {
    int[] seen = {0};
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .until(() -> (seen[0] += outcomes.poll(POLL).size()) >= least);
    return seen[0];
  }

  private void assertOneOutcomeOfEach(Map<Long, TunnelId> announced) {
    Map<Long, List<Object>> outcomes = log.outcomes();
    assertThat(outcomes).hasSize(SERVERS + TUNNELS);
    assertThat(outcomes.values()).allSatisfy(each -> assertThat(each).hasSize(1));
    announced.forEach(
        (offset, tunnel) ->
            assertThat(outcomes.get(offset))
                .singleElement()
                .isInstanceOfSatisfying(
                    Decision.class,
                    decision -> {
                      assertThat(decision.key()).isEqualTo(new EntityKey.Tunnel(CLUSTER, tunnel));
                      assertThat(decision.reason())
                          .isIn(DecisionReason.ASSIGNED, DecisionReason.CO_LOCATED);
                    }));
  }

  private static void fail(RuntimeException unreadable) {
    throw unreadable;
  }
}
