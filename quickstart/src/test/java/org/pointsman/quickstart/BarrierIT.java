package org.pointsman.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.assigner.Assigner;
import org.pointsman.assigner.AssignerSettings;
import org.pointsman.cli.Connection;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.barrier.AnnounceRejectedException;
import org.pointsman.nms.barrier.AnnounceTimeoutException;
import org.pointsman.nms.barrier.BarrierSettings;
import org.pointsman.nms.barrier.Steerable;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.quickstart.embedded.EmbeddedServers;
import org.pointsman.topics.TopicCreator;
import org.pointsman.topics.Topics;

/** When an announce is answered, the directors steer its tunnel; and all hold the same. */
@ExtendWith(EmbeddedServers.Extension.class)
class BarrierIT {
  private static final ClusterId CLUSTER = new ClusterId("barrier");
  private static final String PREFIX = "barrier.";
  private static final int TUNNELS = 10_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Connection connection;

  BarrierIT(EmbeddedServers servers) {
    connection =
        Connection.to(servers.bootstrapServers(), servers.registryUrl(), new Topics(PREFIX));
  }

  @Test
  void whatIsAnsweredIsSteeredAndAllAgree(@TempDir Path state) throws Exception {
    createTopics();
    List<TunnelAnnounce> announces =
        new InventoryGenerator(CLUSTER, 1)
            .generate(TUNNELS + 2)
            .map(InventoryLine::announce)
            .toList();
    BarrierSettings patient = new BarrierSettings(PATIENCE, Duration.ofSeconds(30));
    try (Assigner assigner = Assigner.start(connection, settings(state));
        NmsClient nms = NmsClient.connect(connection, NmsSettings.defaults().withBarrier(patient));
        Director outer = director(Side.OUTER)) {
      assertThat(assigner.awaitRunning(PATIENCE)).isTrue();
      register(nms);
      try (Director inner = director(Side.INNER)) {
        List<CompletableFuture<Steerable>> answers = new ArrayList<>();
        for (TunnelAnnounce announce : announces.subList(0, TUNNELS)) {
          answers.add(nms.announceSteerable(CLUSTER, announce));
        }
        for (int i = 0; i < TUNNELS; i++) {
          Steerable steerable = answers.get(i).join();
          TunnelAnnounce announce = announces.get(i);
          assertThat(steerable.directors()).isEqualTo(2);
          assertThat(outer.serverOf(announce.outerAddresses().getFirst()))
              .contains(steerable.server());
          IpPrefix subnet = announce.innerSubnets().getFirst();
          if (subnet.length() != 20) { // those have other tunnels' subnets in them
            assertThat(inner.serverOf(subnet.address())).contains(steerable.server());
          }
        }
        assertThatThrownBy(nms.announceSteerable(CLUSTER, announces.getFirst())::join)
            .hasCauseInstanceOf(AnnounceRejectedException.class);
        assertAgreed("the assigner and both directors", 3);
        assertServersAreFoundOnceTheirAddressIsKnown(nms);
      }
      assertThat(nms.announceSteerable(CLUSTER, announces.get(TUNNELS)).join().directors())
          .as("who has ended is not waited for")
          .isEqualTo(1);
    }
  }

  @Test
  void withoutAnAssignerItSaysWhatIsMissing() {
    createTopics();
    BarrierSettings impatient = new BarrierSettings(Duration.ofSeconds(2), Duration.ofSeconds(30));
    TunnelAnnounce announce =
        new InventoryGenerator(CLUSTER, 2).generate(1).toList().getFirst().announce();
    try (NmsClient nms =
        NmsClient.connect(connection, NmsSettings.defaults().withBarrier(impatient))) {
      ClusterId nobodys = new ClusterId("nobodys");
      assertThatThrownBy(nms.announceSteerable(nobodys, announce)::join)
          .hasCauseInstanceOf(AnnounceTimeoutException.class);
    }
  }

  private void createTopics() {
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      new TopicCreator(admin, connection.topics()).create(1, Optional.of((short) 1));
    }
  }

  private static AssignerSettings settings(Path state) {
    return new AssignerSettings(
        "barrier-assigner", state, 1, 0, 1, AssignerSettings.DEFAULT_COMMIT_INTERVAL);
  }

  private Director director(Side side) throws InterruptedException {
    Director director =
        Director.start(
            connection,
            DirectorSettings.builder(side)
                .name("barrier-" + side)
                .cluster(CLUSTER)
                .localAddresses(List.of())
                .build(),
            FeedListener.NONE);
    assertThat(director.awaitReady(PATIENCE)).isTrue();
    return director;
  }

  private static void register(NmsClient nms) {
    for (int i = 1; i <= 3; i++) {
      nms.registerServer(
              CLUSTER,
              new ServerRegister(
                  new ServerId("rs-" + i), IpAddress.parse("192.0.2." + i), /* mac= */ null))
          .join();
    }
  }

  /** In memory nobody asks for a server's Ethernet address, so only what is registered counts. */
  private void assertServersAreFoundOnceTheirAddressIsKnown(NmsClient nms) {
    String nobody = "-";
    awaitNotFoundBy("barrier-INNER;barrier-OUTER", "rs-1", "rs-2", "rs-3");
    nms.registerServer(
            CLUSTER,
            new ServerRegister(
                new ServerId("rs-1"),
                IpAddress.parse("192.0.2.1"),
                MacAddress.parse("02:00:5e:00:00:01")))
        .join();
    awaitNotFoundBy(nobody, "rs-1");
    awaitNotFoundBy("barrier-INNER;barrier-OUTER", "rs-2", "rs-3");
  }

  private void awaitNotFoundBy(String directors, String... servers) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              StringWriter out = new StringWriter();
              assertThat(pointsman(out, "server", "list", "--cluster", CLUSTER.value())).isZero();
              for (String server : servers) {
                assertThat(out.toString().lines().filter(line -> line.startsWith(server + " ")))
                    .singleElement()
                    .asString()
                    .endsWith("  " + directors);
              }
            });
  }

  private int pointsman(StringWriter out, String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(
        List.of(
            "--bootstrap-servers",
            connection.bootstrapServers(),
            "--schema-registry",
            connection.schemaRegistryUrl(),
            "--topic-prefix",
            PREFIX));
    return PointsmanCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .execute(arguments.toArray(String[]::new));
  }

  /** The assigner tells once a second, so it may take a moment until all are there. */
  private void assertAgreed(String what, int lines) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              StringWriter out = new StringWriter();
              int exitCode = pointsman(out, "agree");
              assertThat(exitCode).as(out.toString()).isZero();
              assertThat(out.toString())
                  .contains(
                      "barrier-OUTER does not know", "and drops their packets: rs-1, rs-2, rs-3");
              List<String> digests =
                  out.toString().lines().filter(line -> line.startsWith(CLUSTER + " ")).toList();
              assertThat(digests).hasSize(lines);
              assertThat(digests.stream().map(line -> line.substring(line.lastIndexOf(' '))))
                  .containsOnly(digests.getFirst().substring(digests.getFirst().lastIndexOf(' ')));
            });
  }
}
