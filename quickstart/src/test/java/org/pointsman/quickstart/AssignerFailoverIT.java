package org.pointsman.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.cli.Connection;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.outcome.KafkaOutcomes;
import org.pointsman.nms.outcome.Outcomes;
import org.pointsman.quickstart.embedded.EmbeddedServers;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/**
 * Two assigners share the clusters out; one is killed under load. The other takes its clusters from
 * the copy that it keeps, and nothing is lost, decided twice or reordered.
 */
@ExtendWith(EmbeddedServers.Extension.class)
class AssignerFailoverIT {
  private static final String PREFIX = "failover.";
  private static final int PARTITIONS = 6;
  private static final int SERVERS = 3;
  private static final int TUNNELS_BEFORE = 500;
  private static final int TUNNELS_UNDER_LOAD = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Path LOG = Path.of("target", "assigner-failover.log");
  private static final Pattern READ_BACK = Pattern.compile("reading back (\\d+) records of");

  private static final List<ClusterId> CLUSTERS =
      IntStream.rangeClosed(1, 8).mapToObj(i -> new ClusterId("site-" + i)).toList();

  private final Connection connection;
  private final List<AssignerProcess> assigners = new ArrayList<>();

  @TempDir private Path directory;

  AssignerFailoverIT(EmbeddedServers servers) {
    connection =
        Connection.to(servers.bootstrapServers(), servers.registryUrl(), new Topics(PREFIX));
  }

  @AfterEach
  void endAssigners() {
    assigners.forEach(AssignerProcess::close);
  }

  @Test
  void theOtherTakesOverAndNothingIsLostDoubledOrReordered() throws Exception {
    Files.deleteIfExists(LOG);
    Path logOfSecond = Files.createTempFile(directory, "second", ".log");
    List<FailoverLoad> loads;
    try (Admin admin = Admin.create(connection.kafkaProperties());
        NmsClient nms = createTopicsAndConnect(admin);
        Outcomes outcomes = outcomes()) {
      AssignerProcess first = start("first", LOG);
      loads = CLUSTERS.stream().map(cluster -> new FailoverLoad(nms, cluster)).toList();
      loads.forEach(load -> load.registerServers(SERVERS));
      loads.forEach(load -> load.announce(TUNNELS_BEFORE));
      run(loads, outcomes, load -> load.isDecided());
      String firstId = members(admin).keySet().iterator().next();

      AssignerProcess second = start("second", logOfSecond);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> members(admin).values().stream().filter(set -> !set.isEmpty()).count() == 2);
      Set<Integer> ofFirst = members(admin).getOrDefault(firstId, Set.of());
      long warm = TUNNELS_UNDER_LOAD;
      run(loads, outcomes, load -> load.announceUntilDecided(warm));
      long readBackBefore = readBack(logOfSecond);

      first.kill();
      long killed = System.nanoTime();
      run(loads, outcomes, load -> load.announceUntilDecidedAfter(killed));
      run(loads, outcomes, load -> load.announceUntilDecided(warm));
      run(loads, outcomes, FailoverLoad::isDecided);
      report(loads, ofFirst, killed, readBack(logOfSecond) - readBackBefore);
      second.stop();
    }
    long decided = 0;
    for (FailoverLoad load : loads) {
      decided += assertWhole(load);
    }
    assertThat(decided).isGreaterThan(CLUSTERS.size() * (long) TUNNELS_BEFORE);
    assertThat(readBack(logOfSecond))
        .as("a copy that is kept is not read anew")
        .isLessThan(decided);
  }

  private NmsClient createTopicsAndConnect(Admin admin) {
    new TopicCreator(admin, connection.topics()).create(PARTITIONS, Optional.of((short) 1));
    return NmsClient.connect(connection, NmsSettings.defaults());
  }

  private Outcomes outcomes() {
    return KafkaOutcomes.fromNow(
        connection,
        IntStream.range(0, PARTITIONS).boxed().toList(),
        unreadable -> {
          throw unreadable;
        });
  }

  private AssignerProcess start(String name, Path log) throws IOException {
    AssignerProcess started =
        AssignerProcess.start(
            connection, PREFIX, directory.resolve(name), /* standbyReplicas= */ 1, log);
    assigners.add(started);
    return started;
  }

  /** Each member's partitions of the events topic. */
  private Map<String, Set<Integer>> members(Admin admin) throws Exception {
    Map<String, Set<Integer>> partitions = new HashMap<>();
    String group = AssignerProcess.applicationId(PREFIX);
    for (MemberDescription member :
        admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
            .flatMap(described -> described.members().stream())
            .toList()) {
      partitions.put(
          member.clientId(),
          member.assignment().topicPartitions().stream()
              .map(TopicPartition::partition)
              .collect(Collectors.toSet()));
    }
    return partitions;
  }

  private interface Until {
    boolean isReached(FailoverLoad load);
  }

  /** Lets every cluster's load go on until it is where it should be, and hears all outcomes. */
  private static void run(List<FailoverLoad> loads, Outcomes outcomes, Until until) {
    Map<ClusterId, FailoverLoad> byCluster =
        loads.stream().collect(Collectors.toMap(FailoverLoad::cluster, load -> load));
    Set<FailoverLoad> done = new HashSet<>();
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              loads.stream().filter(until::isReached).forEach(done::add);
              outcomes
                  .poll(Duration.ofMillis(5))
                  .forEach(
                      outcome ->
                          FailoverLoad.clusterOf(outcome)
                              .map(byCluster::get)
                              .ifPresent(load -> load.heard(outcome)));
              return done.size() == loads.size();
            });
  }

  private static long readBack(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .flatMap(line -> READ_BACK.matcher(line).results())
          .mapToLong(match -> Long.parseLong(match.group(1)))
          .sum();
    }
  }

  private static void report(
      List<FailoverLoad> loads, Set<Integer> ofFirst, long killed, long readBack) {
    Map<String, List<Long>> pauses = new TreeMap<>();
    for (FailoverLoad load : loads) {
      boolean wasOfFirst = ofFirst.contains(Topics.partitionOf(load.cluster(), PARTITIONS));
      pauses
          .computeIfAbsent(
              wasOfFirst ? "of the killed one" : "of the other", _ -> new ArrayList<>())
          .add(load.firstDecidedAfter(killed).toMillis());
    }
    pauses.forEach(
        (whose, millis) ->
            System.out.printf(
                "%d clusters %s: ms from the kill to the first decision on a later event, as readers of committed records see it: %s%n",
                millis.size(), whose, millis));
    System.out.printf("the survivor read back %d records to take over%n", readBack);
    assertThat(pauses).as("both instances had clusters").hasSize(2);
  }

  /** Returns how many decisions there are. */
  private long assertWhole(FailoverLoad load) {
    ClusterLog log = new ClusterLog(connection, load.cluster());
    List<Decision> decisions = log.decisions();
    assertThat(decisions)
        .extracting(Decision::epoch)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, decisions.size()).boxed().toList());
    assertThat(decisions)
        .extracting(decision -> ((Cause.ByEvent) decision.cause()).offset())
        .as("decided in the order of the events")
        .isSorted();
    Map<Long, List<Object>> outcomes = log.outcomes();
    assertThat(outcomes.keySet()).isEqualTo(load.acknowledgedOffsets());
    assertThat(outcomes.values()).allSatisfy(each -> assertThat(each).hasSize(1));
    assertThat(log.rejections()).isEmpty();
    assertThat(log.assignments()).isEqualTo(log.folded());
    return decisions.size();
  }
}
