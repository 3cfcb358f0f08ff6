package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.strongswan.Bridge;
import org.pointsman.nms.strongswan.BridgeSettings;
import org.pointsman.nms.strongswan.vici.ViciConnection;
import org.pointsman.nms.strongswan.vici.ViciException;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

/** The bridges of real charons, and what is shown when those do not agree with the log. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class BridgeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private static Path home;
  private static Ground ground;
  private static LabBridges bridges;

  @BeforeAll
  static void start() throws Exception {
    ground = Ground.make("br", 5, home);
    bridges =
        LabBridges.start(
            ground.plan,
            ground.log().connection(),
            ground.gateways,
            true,
            new Moves(),
            ground.said::add);
  }

  @AfterAll
  static void stop() {
    if (ground != null) {
      if (bridges != null) {
        bridges.close();
      }
      ground.close();
    }
  }

  @BeforeEach
  void forget() {
    ground.said.clear();
  }

  private static TunnelAnnounce announced(int peer) {
    return ground.plan.tunnels().get(peer - 1);
  }

  private static void awaitState(TunnelId tunnel, TunnelState state) throws InterruptedException {
    ground
        .watch()
        .await(
            tunnel + " " + state,
            cluster -> cluster.tunnel(tunnel).filter(now -> now.state() == state).isPresent());
  }

  /** The numbers by which packets of charon's pairs are known. */
  private static List<String> spis(Charon charon, String connection) throws ViciException {
    try (ViciConnection vici = ViciConnection.open(charon.address(), PATIENCE)) {
      return vici.stream("list-sas", "list-sa", Section.of("ike", connection)).stream()
          .flatMap(event -> event.sections().values().stream())
          .flatMap(ike -> ike.section("child-sas").sections().values().stream())
          .map(child -> child.text("spi-in").orElse(""))
          .toList();
    }
  }

  private static void ask(Charon charon, String command, String... words) throws ViciException {
    try (ViciConnection vici = ViciConnection.open(charon.address(), PATIENCE)) {
      assertThat(vici.request(command, Section.of(words)).text("success")).contains("yes");
    }
  }

  @Test
  void aPeerThatIsNotAnnouncedIsShownAndReportedUpOnceItIs() throws Exception {
    ground.route(1);
    ground.peer(1).call(LabPlan.peer(1));
    ground.expect("bridge rs-1: rejected: NOT_ANNOUNCED: ");
    ground.announce(announced(1), 1);
    ground.expect("bridge rs-1: up peer-1 on rs-1, peer at 192.0.2.11 port 4500");
    awaitState(LabPlan.tunnel(1), TunnelState.UP);
  }

  @Test
  void anotherSubnetThanTheAnnouncedOneIsShown() throws Exception {
    TunnelId tunnel = LabPlan.tunnel(2);
    IpPrefix other = IpPrefix.parse("10.9.9.0/28");
    ground.announce(
        new TunnelAnnounce(tunnel, announced(2).outerAddresses(), List.of(other), 0), 1);
    ground.route(1);
    ground.peer(2).call(LabPlan.peer(2));
    ground.expect(
        "bridge rs-1: tunnel peer-2 was announced with subnet 10.9.9.0/28 but its peer has agreed on 10.1.2.0/28");
    awaitState(tunnel, TunnelState.UP);
  }

  @Test
  void twoGatewaysThatReportTheSameTunnelAreShown() throws Exception {
    TunnelId tunnel = LabPlan.tunnel(3);
    ground.announce(announced(3), 1);
    ground.route(1);
    ground.peer(3).call(LabPlan.peer(3));
    awaitState(tunnel, TunnelState.UP);
    ground.route(2); // as by a director that is wrong
    ground.peer(3).kill();
    ground.peer(3).start();
    ground.peer(3).call(LabPlan.peer(3));
    ground.expect("bridge rs-2: rejected: MISPLACED: ");
    assertThat(ground.gateway(1).established()).contains(tunnel.value());
    assertThat(ground.gateway(2).established()).contains(tunnel.value());
    assertThat(ground.watch().tunnel(tunnel).orElseThrow().server()).isEqualTo(LabPlan.server(1));
    assertThat(ground.watch().rejections())
        .anyMatch(rejection -> rejection.code() == RejectionCode.MISPLACED);
  }

  @Test
  void rekeyingChangesNothingAndAGoodbyeIsADown() throws Exception {
    TunnelId tunnel = LabPlan.tunnel(4);
    Charon gateway = ground.gateway(3);
    ground.announce(announced(4), 3);
    ground.route(3);
    ground.peer(4).call(LabPlan.peer(4));
    awaitState(tunnel, TunnelState.UP);
    long before = ground.watch().tunnel(tunnel).orElseThrow().epoch();
    List<String> old = spis(gateway, tunnel.value());
    ask(gateway, "rekey", "child", "net", "ike", tunnel.value());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (spis(gateway, tunnel.value()).stream().allMatch(old::contains)) {
      assertThat(System.nanoTime() - deadline).as("new keys in time").isNegative();
      Thread.onSpinWait();
    }
    ask(ground.peer(4), "terminate", "ike", tunnel.value(), "timeout", "30000");
    ground.expect("bridge rs-3: down peer-4 on rs-3");
    awaitState(tunnel, TunnelState.LINGERING);
    assertThat(ground.watch().tunnel(tunnel).orElseThrow().epoch())
        .as("up and down, and nothing between")
        .isGreaterThan(before);
    assertThat(ground.said).noneMatch(line -> line.contains("peer-4"));
  }

  @Test
  void aCharonThatWasKilledIsFoundAgainAndItsTunnelsAreDown() throws Exception {
    TunnelId tunnel = LabPlan.tunnel(5);
    ground.announce(announced(5), 2);
    ground.route(2);
    ground.peer(5).call(LabPlan.peer(5));
    awaitState(tunnel, TunnelState.UP);
    ground.peer(5).kill(); // else it would come back by itself
    ground.gateway(2).kill();
    ground.expect("bridge rs-2: charon at " + ground.gateway(2).address() + " has closed");
    ground.gateway(2).start();
    ground.expect("bridge rs-2: charon is back at ");
    ground.expect("bridge rs-2: down peer-5 on rs-2");
    awaitState(tunnel, TunnelState.LINGERING);
  }

  @Test
  void whatCharonIsConfiguredWithIsAnnounced() throws Exception {
    ClusterId other = new ClusterId("other");
    String source = "announcing";
    try (LabWatch watch = new LabWatch(ground.news(other), new Moves());
        ClusterNews news = ground.news(other);
        NmsClient client =
            NmsClient.connect(
                ground.log().connection(), NmsSettings.defaults().withSource(source));
        Bridge bridge =
            Bridge.start(
                BridgeSettings.of(LabPlan.server(3)).withAnnounce(true),
                other,
                ground.gateway(3).address(),
                news,
                client,
                source,
                ground.said::add,
                InstantSource.system())) {
      ground.expect("announce peer-1: from [192.0.2.11], with [10.1.1.0/28]");
      watch.await("all peers", cluster -> cluster.tunnels().size() == ground.plan.peers());
      assertThat(watch.tunnels()).allMatch(tunnel -> tunnel.isPending());
      assertThat(bridge).isNotNull();
    }
  }
}
