package org.pointsman.quickstart.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.pointsman.cli.CliException;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Event;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerUp;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.inventory.Fault;
import org.pointsman.nms.inventory.Inventory;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.nms.inventory.InventoryReader;
import org.pointsman.topics.Topics;

/** The demo's acts, one after the other, on a running deployment. */
final class Demo {
  private static final ClusterId CLUSTER = DemoSettings.CLUSTER;
  private static final ServerId STOPPED = new ServerId("rs-2");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long SEED = 1;

  /**
   * Announces at a pace that a busy NMS may reach, to see how long one takes when it is not queued.
   */
  private static final int PACED_PER_SECOND = 250;

  private static final int MOST_PACED = 500;
  private static final int PACED_SHARE = 20;
  private static final int MOST_FAULTS_TOLD = 20;

  private final Deployment deployment;
  private final Map<Side, FollowedCluster> followed;
  private final OutcomeWatch outcomes;
  private final DemoConsole console;
  private final List<TunnelAnnounce> inventory;
  private final List<String> faults = new ArrayList<>();

  private Demo(
      Deployment deployment,
      Map<Side, FollowedCluster> followed,
      OutcomeWatch outcomes,
      DemoConsole console,
      List<TunnelAnnounce> inventory) {
    this.deployment = deployment;
    this.followed = followed;
    this.outcomes = outcomes;
    this.console = console;
    this.inventory = inventory;
  }

  /** A director's listener for each side, to hand to the deployment and to the demo. */
  static Map<Side, FollowedCluster> followers() {
    Map<Side, FollowedCluster> followers = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      followers.put(side, new FollowedCluster());
    }
    return followers;
  }

  /**
   * The tunnels to play with.
   *
   * @throws CliException if the inventory is not good, naming every bad line
   */
  static List<TunnelAnnounce> inventory(DemoSettings settings) throws IOException {
    if (settings.inventory() == null) {
      return new InventoryGenerator(CLUSTER, SEED)
          .generate(settings.tunnels())
          .map(InventoryLine::announce)
          .toList();
    }
    Inventory read = new InventoryReader(CLUSTER).read(settings.inventory());
    if (!read.isGood()) {
      String lines =
          read.faults().stream()
              .limit(MOST_FAULTS_TOLD)
              .map(Fault::toString)
              .collect(Collectors.joining(System.lineSeparator()));
      throw new CliException(
          "expected a good inventory in %s but %d lines are bad:%n%s"
              .formatted(settings.inventory(), read.badLines(), lines));
    }
    if (!read.clusters().equals(Set.of(CLUSTER))) {
      throw new CliException(
          "expected every tunnel of %s in cluster '%s' but there are tunnels of %s; leave the column out for the demo"
              .formatted(settings.inventory(), CLUSTER, read.clusters()));
    }
    return read.lines().stream().map(InventoryLine::announce).toList();
  }

  /** Plays all of it. */
  static DemoReport run(
      Deployment deployment,
      Map<Side, FollowedCluster> followed,
      DemoConsole console,
      List<TunnelAnnounce> inventory,
      long startNanos)
      throws Exception {
    int partition = Topics.partitionOf(CLUSTER, Topics.DEFAULT_PARTITIONS);
    try (OutcomeWatch outcomes = new OutcomeWatch(deployment.connection(), partition)) {
      return new Demo(deployment, followed, outcomes, console, inventory).play(startNanos);
    }
  }

  private DemoReport play(long startNanos) throws Exception {
    console.title("The cluster");
    prepare();

    console.title("%,d tunnels are announced".formatted(inventory.size()));
    int paced = Math.clamp(inventory.size() / PACED_SHARE, 1, MOST_PACED);
    int bulk = inventory.size() - paced;
    double perSecond = announceAll(inventory.subList(0, bulk));
    Histogram steerable = announceAtPace(inventory.subList(bulk, inventory.size()));
    Map<String, Long> spread = tunnelsPerServer();
    console.line("tunnels per server", text(spread));

    console.title("They come up");
    bringUp();

    console.title("Packets of every class, from both sides");
    PacketDrive.Tally tally = new PacketDrive.Tally();
    double seconds = packets(tally);
    Agreement before = agreement();

    console.title("Real server %s is stopped".formatted(STOPPED));
    Moves moves = stop();
    console.line("tunnels per server", text(tunnelsPerServer()));
    seconds += packets(tally);
    Agreement after = agreement();

    faults.addAll(before.disagreements());
    faults.addAll(after.disagreements());
    if (tally.firstFault != null) {
      faults.add(tally.firstFault);
    }
    outcomes.rejections().stream()
        .limit(MOST_FAULTS_TOLD)
        .forEach(r -> faults.add("rejected, %s: %s".formatted(r.code(), r.message())));
    return new DemoReport(
        inventory.size(),
        perSecond,
        steerable.getValueAtPercentile(50) / 1e6,
        steerable.getValueAtPercentile(99) / 1e6,
        paced,
        PACED_PER_SECOND,
        spread,
        tunnelsPerServer(),
        STOPPED.value(),
        moves.moved(),
        moves.millis(),
        moves.strayed(),
        tally.packets,
        tally.packets / seconds,
        tally.steered,
        tally.passed,
        tally.missed,
        tally.lost,
        tally.misdirected,
        tally.perServer(Side.OUTER),
        tally.perServer(Side.INNER),
        Math.min(before.agreed(), after.agreed()),
        outcomes.rejections().size(),
        List.copyOf(faults),
        (System.nanoTime() - startNanos) / 1e9);
  }

  // ---- the acts ------------------------------------------------------------------------------

  /** The servers are there and well, and none of the inventory's tunnels is known. */
  private void prepare() throws Exception {
    List<Event> events = new ArrayList<>();
    events.add(new ClusterConfigure(null, DemoSettings.VIRTUAL_ADDRESSES, null, null, null));
    events.addAll(DemoSettings.SERVERS);
    for (ServerRegister server : DemoSettings.SERVERS) { // an earlier demo may have stopped one
      events.add(new ServerUp(server.server()));
      events.add(new ServerActivate(server.server()));
    }
    Set<TunnelId> known = knownTunnels();
    List<TunnelAnnounce> again =
        inventory.stream().filter(tunnel -> known.contains(tunnel.tunnel())).toList();
    again.forEach(tunnel -> events.add(new TunnelWithdraw(tunnel.tunnel())));
    sendAndAwait("", events);
    if (!again.isEmpty()) {
      console.line("from an earlier demo", "%,d tunnels withdrawn".formatted(again.size()));
    }
    console.line("virtual addresses", names(DemoSettings.VIRTUAL_ADDRESSES));
    console.line(
        "real servers", names(DemoSettings.SERVERS.stream().map(ServerRegister::server).toList()));
  }

  private Set<TunnelId> knownTunnels() {
    Set<TunnelId> known = new HashSet<>();
    try (RecordDeserializer values = deployment.connection().deserializer()) {
      deployment
          .connection()
          .reader(values)
          .read(
              deployment.connection().topics().assignments(),
              Topics.partitionOf(CLUSTER, Topics.DEFAULT_PARTITIONS),
              record -> {
                if (record.key() != null
                    && EntityKey.parse(record.key()) instanceof EntityKey.Tunnel tunnel) {
                  boolean _ =
                      record.value() == null
                          ? known.remove(tunnel.tunnel())
                          : known.add(tunnel.tunnel());
                }
              },
              bad -> faults.add(String.valueOf(bad.getMessage())));
    }
    return known;
  }

  /** As fast as they go; gives how many in a second. */
  private double announceAll(List<TunnelAnnounce> tunnels) throws Exception {
    long start = System.nanoTime();
    sendAndAwait("announced", List.copyOf(tunnels));
    double perSecond = tunnels.size() / ((System.nanoTime() - start) / 1e9);
    console.line(
        "import",
        "%,d announced, decided and in both tables: %,.0f a second"
            .formatted(tunnels.size(), perSecond));
    return perSecond;
  }

  /**
   * At a pace; gives how long each took to stand in both tables, from when it was due to be sent.
   */
  private Histogram announceAtPace(List<TunnelAnnounce> tunnels) throws Exception {
    List<CompletableFuture<Acknowledgement>> sent = new ArrayList<>();
    Map<TunnelId, Long> dueNanos = new HashMap<>();
    long start = System.nanoTime();
    for (TunnelAnnounce tunnel : tunnels) {
      long due = start + sent.size() * (1_000_000_000L / PACED_PER_SECOND);
      while (due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      dueNanos.put(tunnel.tunnel(), due);
      sent.add(deployment.nms().send(CLUSTER, tunnel));
    }
    outcomes.await(acknowledged(sent), PATIENCE);
    deployment.awaitDirectors();
    Histogram histogram = new Histogram(3);
    dueNanos.forEach((tunnel, due) -> record(tunnel, due, histogram));
    console.line(
        "announce to steerable",
        "p50 %.1f ms, p99 %.1f ms, worst %.1f ms (%,d announces, %,d a second)"
            .formatted(
                histogram.getValueAtPercentile(50) / 1e6,
                histogram.getValueAtPercentile(99) / 1e6,
                histogram.getMaxValue() / 1e6,
                tunnels.size(),
                PACED_PER_SECOND));
    return histogram;
  }

  private void record(TunnelId tunnel, long dueNanos, Histogram histogram) {
    Long outer = follower(Side.OUTER).appliedNanos(tunnel);
    Long inner = follower(Side.INNER).appliedNanos(tunnel);
    if (outer != null && inner != null) {
      histogram.recordValue(Math.max(0, Math.max(outer - dueNanos, inner - dueNanos)));
    }
  }

  /** Each on the server that it was assigned to, as the server would report it. */
  private void bringUp() throws Exception {
    List<Event> events = new ArrayList<>();
    for (Assignment assignment : assignments()) {
      ServerId server = assignment.server();
      if (server != null) {
        events.add(new TunnelUp(assignment.tunnel(), server));
      }
    }
    long start = System.nanoTime();
    sendAndAwait("up", events);
    double seconds = (System.nanoTime() - start) / 1e9;
    long up = assignments().stream().filter(tunnel -> tunnel.state() == TunnelState.UP).count();
    console.line("up", "%,d tunnels: %,.0f events a second".formatted(up, up / seconds));
  }

  private double packets(PacketDrive.Tally whole) throws Exception {
    PacketDrive drive =
        new PacketDrive(plane(deployment.outer().plane()), plane(deployment.inner().plane()));
    List<Assignment> all = assignments();
    PacketDrive.Tally tally = drive.tally();
    long start = System.nanoTime();
    console.progress("tunnels", all.size(), drive::tunnelsDone, () -> drive.drive(all));
    double seconds = (System.nanoTime() - start) / 1e9;
    console.line("from the peers", text(tally.perServer(Side.OUTER)));
    console.line("from the target nets", text(tally.perServer(Side.INNER)));
    console.line(
        "packets",
        "%,d: %,d steered, %,d passed, %,d of no tunnel, %,d lost, %,d misdirected; %,.0f a second"
            .formatted(
                tally.packets,
                tally.steered,
                tally.passed,
                tally.missed,
                tally.lost,
                tally.misdirected,
                tally.packets / seconds));
    console.line(
        "by class",
        tally.perReason.entrySet().stream()
            .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", ")));
    whole.add(tally);
    return seconds;
  }

  private Agreement agreement() {
    Agreement agreement =
        Agreement.check(assignments(), deployment.outer()::serverOf, deployment.inner()::serverOf);
    console.line(
        "agreement",
        "%,d of %,d tunnels: both directors name the same server"
            .formatted(agreement.agreed(), inventory.size()));
    return agreement;
  }

  /**
   * What the stop of a server led to.
   *
   * @param moved how many tunnels moved
   * @param strayed how many of them were not the stopped server's
   * @param millis until the last of them stood in both tables
   */
  private record Moves(int moved, int strayed, double millis) {}

  private Moves stop() throws Exception {
    Map<TunnelId, Assignment> before =
        assignments().stream()
            .collect(Collectors.toMap(Assignment::tunnel, assignment -> assignment));
    long start = System.nanoTime();
    sendAndAwait("", List.of(new ServerDown(STOPPED)));
    long last =
        Math.max(
            follower(Side.OUTER).lastNanos() - start, follower(Side.INNER).lastNanos() - start);
    int moved = 0;
    int strayed = 0;
    for (Assignment now : assignments()) {
      ServerId then = Objects.requireNonNull(before.get(now.tunnel())).server();
      if (!Objects.equals(now.server(), then)) {
        moved++;
        strayed += STOPPED.equals(then) ? 0 : 1;
      }
    }
    console.line(
        "moved",
        "%,d tunnels, %,d of them not its own; the last stood in both tables after %.0f ms"
            .formatted(moved, strayed, last / 1e6));
    return new Moves(moved, strayed, last / 1e6);
  }

  // ---- what they share -----------------------------------------------------------------------

  /** Sends all, then waits for their outcomes, and for these to stand in both tables. */
  private void sendAndAwait(String what, List<? extends Event> events) throws Exception {
    long before = outcomes.events();
    DemoConsole.Steps send =
        () -> {
          List<CompletableFuture<Acknowledgement>> sent = new ArrayList<>();
          events.forEach(event -> sent.add(deployment.nms().send(CLUSTER, event)));
          outcomes.await(acknowledged(sent), PATIENCE);
          deployment.awaitDirectors();
        };
    if (what.isEmpty()) {
      send.run();
    } else {
      console.progress(what, events.size(), () -> outcomes.events() - before, send);
    }
  }

  private static List<Acknowledgement> acknowledged(List<CompletableFuture<Acknowledgement>> sent)
      throws InterruptedException {
    List<Acknowledgement> acknowledged = new ArrayList<>();
    for (CompletableFuture<Acknowledgement> each : sent) {
      try {
        acknowledged.add(each.get());
      } catch (ExecutionException failed) {
        throw new CliException(
            "expected every event to be acknowledged but one was not: " + failed.getMessage());
      }
    }
    return acknowledged;
  }

  private FollowedCluster follower(Side side) {
    return Objects.requireNonNull(followed.get(side));
  }

  /** The inventory's tunnels as the outer director has them. */
  private List<Assignment> assignments() {
    List<Assignment> known = new ArrayList<>();
    for (TunnelAnnounce tunnel : inventory) {
      Assignment assignment = follower(Side.OUTER).assignment(tunnel.tunnel());
      if (assignment != null) {
        known.add(assignment);
      }
    }
    return known;
  }

  private Map<String, Long> tunnelsPerServer() {
    Map<String, Long> counts = new TreeMap<>();
    for (Assignment assignment : assignments()) {
      counts.merge(String.valueOf(assignment.server()), 1L, Long::sum);
    }
    return counts;
  }

  private static MemoryDataPlane plane(DataPlane plane) {
    return (MemoryDataPlane) plane;
  }

  private static String names(List<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private static String text(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining("   "));
  }
}
