package org.pointsman.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.director.DataPlaneKind;
import org.pointsman.director.Director;
import org.pointsman.director.DirectorSettings;
import org.pointsman.director.feed.FeedListener;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.Side;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.ClusterFollower;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.probe.Asker;
import org.pointsman.nms.probe.Probe;
import org.pointsman.nms.probe.ProbeSettings;

/**
 * A whole lab: the network, strongSwan on its gateways and peers, and in this process Kafka, the
 * registry, the assigner, both directors with the pcap data plane, a bridge for each gateway and a
 * probe. Only the directors' interfaces and the probe's sockets are in the namespaces.
 */
final class Lab implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(200);

  /** A dead charon's port is closed, which is known at once; a busy host may be slow to answer. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);

  private final LabPlan plan;
  private final Consumer<String> say;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<Integer, Charon> gateways = new TreeMap<>();
  private final Map<Integer, Charon> peers = new TreeMap<>();
  private final Moves moves = new Moves();
  private final Connection connection;
  private final NmsClient nms;
  private final LabWatch watch;
  private @Nullable LabBridges bridges;

  private Lab(LabPlan plan, Path home, Consumer<String> say) throws Exception {
    this.plan = plan;
    this.say = say;
    try {
      Files.createDirectories(home);
      say.accept("namespaces: %d, with veth and bridges".formatted(plan.namespaces().size()));
      part(LabNetwork.make(plan));
      startCharons(home);
      connection = part(LabLog.start(home)).connection();
      nms = part(NmsClient.connect(connection, NmsSettings.defaults().withSource("pointsman-lab")));
      watch = part(new LabWatch(news(), moves));
      registerServers();
      startDirector(Side.OUTER, "outer");
      startDirector(Side.INNER, "inner");
      takeover(true);
      part(this::closeBridges);
      startProbe();
    } catch (Exception failure) {
      close();
      throw failure;
    }
  }

  /**
   * Starts all of it; on failure nothing is left.
   *
   * @param home an empty folder for its state
   * @param say hears what happens, a line at a time, on any thread
   */
  static Lab start(LabPlan plan, Path home, Consumer<String> say) throws Exception {
    return new Lab(plan, home, say);
  }

  private <P extends AutoCloseable> P part(P started) {
    parts.push(started);
    return started;
  }

  private void startCharons(Path home) throws IOException, InterruptedException {
    for (int gateway : plan.gateways()) {
      gateways.put(gateway, part(Charon.gateway(plan, gateway, home)).start());
    }
    for (int peer : plan.peerNumbers()) {
      peers.put(peer, part(Charon.peer(plan, peer, home)).start());
    }
    say.accept("strongSwan: %d gateways and %d peers".formatted(gateways.size(), peers.size()));
  }

  private void registerServers() throws InterruptedException {
    nms.configure(
            LabPlan.CLUSTER,
            new ClusterConfigure(null, List.of(LabPlan.VIRTUAL_ADDRESS), null, null, null))
        .join();
    for (ServerRegister server : plan.servers()) {
      nms.registerServer(LabPlan.CLUSTER, server).join();
    }
    watch.await("three servers", cluster -> cluster.servers().size() == LabPlan.GATEWAYS);
  }

  private void startDirector(Side side, String name) throws InterruptedException {
    DirectorSettings settings =
        DirectorSettings.builder(side)
            .name(plan.namespace(name))
            .cluster(LabPlan.CLUSTER)
            .dataPlane(DataPlaneKind.PCAP)
            .in("eth0")
            .localAddresses(List.of(IpAddress.parse("203.0.113.2"), IpAddress.parse("10.200.0.2")))
            .build();
    Director director =
        part(
            Director.start(
                connection,
                settings,
                new Table(moves, side == Side.OUTER ? Moves.Witness.OUTER : Moves.Witness.INNER),
                open -> NamespaceThread.in(plan.namespace(name), open::get)));
    if (!director.awaitReady(PATIENCE)) {
      throw new CliException(
          "expected the %s director to have its table but: %s"
              .formatted(name, director.feed().problem().orElse("it has not")));
    }
    say.accept("%s director: %s on eth0 of %s".formatted(name, director.plane().name(), name));
  }

  /** Tells when a tunnel stands in a director's table. */
  private record Table(Moves moves, Moves.Witness witness) implements FeedListener {
    @Override
    public void applied(int partition, long offset, EntityKey key, @Nullable Entity entity) {
      if (entity instanceof Assignment assignment) {
        moves.see(witness, assignment.tunnel(), assignment.server());
      }
    }
  }

  /** Has the bridges take moved tunnels over from now on, or leave it to their peers. */
  synchronized void takeover(boolean isTakingOver) throws IOException {
    closeBridges();
    bridges = LabBridges.start(plan, connection, gateways, isTakingOver, moves, say);
  }

  private synchronized void closeBridges() {
    if (bridges != null) {
      bridges.close();
      bridges = null;
    }
  }

  private void startProbe() throws IOException {
    ProbeSettings settings =
        ProbeSettings.defaults().withInterval(PROBE_INTERVAL).withTimeout(PROBE_TIMEOUT);
    Asker.Opener opener = Asker.opener(settings);
    part(
        Probe.start(
            settings,
            LabPlan.CLUSTER,
            part(news()),
            nms,
            address -> NamespaceThread.in(plan.namespace("outer"), () -> opener.open(address)),
            null,
            List.of(),
            this::probeSays,
            InstantSource.system()));
  }

  private void probeSays(String line) {
    for (int gateway : plan.gateways()) {
      if (line.equals("%s is seen DOWN".formatted(LabPlan.server(gateway)))) {
        moves.seeDown(LabPlan.server(gateway));
      }
    }
    say.accept("probe: " + line);
  }

  private ClusterNews news() {
    return ClusterFollower.open(connection, LabPlan.CLUSTER, bad -> say.accept(bad.getMessage()));
  }

  LabPlan plan() {
    return plan;
  }

  Connection connection() {
    return connection;
  }

  NmsClient nms() {
    return nms;
  }

  LabWatch watch() {
    return watch;
  }

  Charon gateway(int gateway) {
    return java.util.Objects.requireNonNull(gateways.get(gateway));
  }

  Charon peer(int peer) {
    return java.util.Objects.requireNonNull(peers.get(peer));
  }

  Moves moves() {
    return moves;
  }

  /** Everything, in the order opposite to that of the start; one that fails keeps no other up. */
  @Override
  public void close() {
    Uninterrupted.run(this::end);
  }

  private synchronized void end() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception failure) {
        say.accept("while ending: " + failure);
      }
    }
  }
}
