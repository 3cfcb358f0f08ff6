package org.pointsman.lab;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.ClusterFollower;
import org.pointsman.nms.follow.ClusterNews;

/**
 * Gateways, peers and the log, without directors: a route sends what goes to the virtual address to
 * one gateway, so that a test may also send it to the wrong one.
 */
final class Ground implements AutoCloseable {
  private static final List<String> PROGRAMS =
      List.of("ip", "ethtool", "charon-systemd", "swanctl", "ping", "iperf3", "tcpdump", "ss");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final LabPlan plan;
  final Map<Integer, Charon> gateways = new TreeMap<>();
  final Map<Integer, Charon> peers = new TreeMap<>();

  /** What bridges and probes have said, for {@link #expect} to take out. */
  final BlockingQueue<String> said = new LinkedBlockingQueue<>();

  private final LabNetwork network;
  private @Nullable LabLog log;
  private @Nullable NmsClient nms;
  private @Nullable LabWatch watch;

  private Ground(LabPlan plan, Path home) throws Exception {
    this.plan = plan;
    this.network = LabNetwork.make(plan);
    try {
      for (int gateway : plan.gateways()) {
        gateways.put(gateway, Charon.gateway(plan, gateway, home).start());
      }
      for (int peer : plan.peerNumbers()) {
        peers.put(peer, Charon.peer(plan, peer, home).start());
      }
      log = LabLog.start(home);
      nms = NmsClient.connect(log.connection(), NmsSettings.defaults().withSource("test"));
      watch = new LabWatch(news(LabPlan.CLUSTER), new Moves());
      for (ServerRegister server : plan.servers()) {
        nms().registerServer(LabPlan.CLUSTER, server).join();
      }
      watch().await("the servers", cluster -> cluster.servers().size() == LabPlan.GATEWAYS);
    } catch (Exception failed) {
      close();
      throw failed;
    }
  }

  static Ground make(String prefix, int peers, Path home) throws Exception {
    requirePrograms();
    return new Ground(new LabPlan(prefix + ProcessHandle.current().pid() % 100_000, peers), home);
  }

  /** Skips a test where it cannot run. */
  static void requirePrograms() throws InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "namespaces need root");
    for (String program : PROGRAMS) {
      assumeTrue(
          Commands.tryToRun(List.of("sh", "-c", "command -v " + program)).exitCode() == 0,
          program + " is missing");
    }
  }

  LabLog log() {
    return java.util.Objects.requireNonNull(log);
  }

  NmsClient nms() {
    return java.util.Objects.requireNonNull(nms);
  }

  LabWatch watch() {
    return java.util.Objects.requireNonNull(watch);
  }

  Charon gateway(int gateway) {
    return java.util.Objects.requireNonNull(gateways.get(gateway));
  }

  Charon peer(int peer) {
    return java.util.Objects.requireNonNull(peers.get(peer));
  }

  ClusterNews news(ClusterId cluster) {
    return ClusterFollower.open(
        log().connection(),
        cluster,
        bad -> {
          throw new AssertionError(bad);
        });
  }

  /** From now on packets to the virtual address go to this gateway. */
  void route(int gateway) throws InterruptedException {
    Commands.run(
        "ip",
        "-n",
        plan.namespace("router"),
        "route",
        "replace",
        LabPlan.VIRTUAL_ADDRESS.toString(),
        "via",
        LabPlan.gatewayAddress(gateway));
  }

  /** Announces a tunnel, and puts it on a gateway. */
  void announce(TunnelAnnounce tunnel, int gateway) throws InterruptedException {
    TunnelId id = tunnel.tunnel();
    ServerId server = LabPlan.server(gateway);
    nms().send(LabPlan.CLUSTER, tunnel).join();
    nms().pin(LabPlan.CLUSTER, id, server).join();
    watch()
        .await(
            id + " on " + server,
            cluster -> cluster.tunnel(id).filter(now -> server.equals(now.server())).isPresent());
  }

  /** Waits for a line of which this is a part, passing over others. */
  void expect(String part) throws InterruptedException {
    expect("'" + part + "'", line -> line.contains(part));
  }

  private void expect(String what, Predicate<String> isIt) throws InterruptedException {
    String line = "";
    while (!isIt.test(line)) {
      line = said.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw new AssertionError("waited in vain for " + what);
      }
    }
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    if (nms != null) {
      nms.close();
    }
    if (log != null) {
      log.close();
    }
    peers.values().forEach(Charon::close);
    gateways.values().forEach(Charon::close);
    network.close();
  }
}
