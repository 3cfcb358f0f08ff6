package org.pointsman.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.pointsman.cli.CliException;
import org.pointsman.model.Assignment;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelState;

/** What the lab shows, a step at a time. */
final class LabDemo {
  private static final int PINGS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Lab lab;
  private final Path folder;
  private final Consumer<String> say;
  private final Traffic traffic;

  LabDemo(Lab lab, Path folder, Consumer<String> say) {
    this.lab = lab;
    this.folder = folder;
    this.say = say;
    this.traffic = new Traffic(lab.plan());
  }

  /** All of it; the faults that it found. */
  List<String> play() throws Exception {
    List<String> faults = new ArrayList<>();
    title("%d tunnels are announced and come up".formatted(lab.plan().peers()));
    bringUp();
    table();

    title("Traffic both ways, counted on the wire of each gateway");
    faults.addAll(check());
    say.accept("iperf3 from behind peer-1: " + traffic.transfer(1, false));
    say.accept("iperf3 to the host behind peer-1: " + traffic.transfer(1, true));

    title("Gateway rs-1 is drained, and then emptied");
    lab.nms().drain(LabPlan.CLUSTER, LabPlan.server(1), null).join();
    lab.nms().flushServer(LabPlan.CLUSTER, LabPlan.server(1)).join();
    lab.watch().await("rs-1 to be empty", cluster -> on(cluster.tunnels(), 1) == 0);
    awaitPairs();
    faults.addAll(check());
    lab.nms().activate(LabPlan.CLUSTER, LabPlan.server(1)).join();

    int killed = busiest();
    title("The charon of rs-%d, which has the most tunnels, is killed".formatted(killed));
    Recovery called = kill(killed, true, faults);

    title("rs-%d comes back, and the tunnels are spread anew".formatted(killed));
    revive(killed);
    table();

    killed = busiest();
    title("The charon of rs-%d is killed, and nobody calls the peers".formatted(killed));
    Recovery waited = kill(killed, false, faults);

    title("Both side by side, in milliseconds");
    say.accept(Recovery.HEADER);
    say.accept(called.row());
    say.accept(waited.row());

    title("The end");
    table();
    say.accept(faults.isEmpty() ? "all is well" : "not all is well:");
    faults.forEach(say);
    return faults;
  }

  /** Kills a gateway's charon, and checks all tunnels once they carry traffic again. */
  Recovery kill(int gateway, boolean isTakingOver, List<String> faults) throws Exception {
    lab.takeover(isTakingOver);
    Recovery recovery = Recovery.of(lab, gateway, isTakingOver);
    recovery.elsewhere().forEach(tunnel -> faults.add(tunnel + " moved without need"));
    faults.addAll(check());
    return recovery;
  }

  /** Starts a killed gateway's charon again, and gives it a share of the tunnels. */
  void revive(int gateway) throws Exception {
    ServerId server = LabPlan.server(gateway);
    lab.gateway(gateway).start();
    lab.takeover(true);
    lab.watch()
        .await(
            server + " to be seen up",
            cluster -> cluster.server(server).filter(RealServer::alive).isPresent());
    lab.nms().rebalance(LabPlan.CLUSTER, lab.plan().peers(), true).join();
    lab.watch().await("tunnels on " + server, cluster -> on(cluster.tunnels(), gateway) > 0);
    awaitPairs();
  }

  /** Announces every tunnel, has each peer call, and waits until the bridges have reported all. */
  void bringUp() throws Exception {
    for (TunnelAnnounce tunnel : lab.plan().tunnels()) {
      lab.nms().send(LabPlan.CLUSTER, tunnel).join();
    }
    long newest = lab.plan().peers();
    lab.watch().await("all tunnels to be assigned", cluster -> cluster.tunnels().size() == newest);
    awaitTables();
    for (int peer : lab.plan().peerNumbers()) {
      lab.peer(peer).call(LabPlan.peer(peer));
    }
    lab.watch()
        .await(
            "all tunnels to be up",
            cluster -> cluster.tunnels().stream().allMatch(t -> t.state() == TunnelState.UP));
  }

  private void awaitTables() throws InterruptedException {
    for (Assignment tunnel : lab.watch().tunnels()) {
      while (!lab.moves().isInTables(tunnel.tunnel())) {
        Thread.sleep(10);
      }
    }
  }

  /** Waits until each tunnel carries traffic. */
  void awaitPairs() throws Exception {
    for (int peer : lab.plan().peerNumbers()) {
      if (traffic.fromPeer(peer, 1).answered() == 0) {
        throw new CliException(
            "expected peer-%d to have its tunnel again but nothing passes it".formatted(peer));
      }
    }
  }

  /**
   * Pings through every tunnel both ways: what was answered, and which gateways were passed.
   *
   * @return what is not as it should be
   */
  List<String> check() throws Exception {
    List<String> faults = new ArrayList<>();
    try (Wire wire = Wire.tap(lab.plan(), folder)) {
      faults.addAll(pingAll());
      Map<Integer, Map<String, Integer>> counts = seenAll(wire);
      for (int peer : lab.plan().peerNumbers()) {
        faults.addAll(strays(peer, counts));
      }
      Map<String, Integer> perGateway = new TreeMap<>();
      counts.forEach(
          (gateway, peers) ->
              perGateway.put(
                  LabPlan.server(gateway).value(),
                  peers.values().stream().mapToInt(Integer::intValue).sum()));
      say.accept(
          "pings through %d tunnels both ways; packets from the peers at the gateways: %s; %s"
              .formatted(
                  lab.plan().peers(),
                  perGateway,
                  faults.isEmpty()
                      ? "none lost, none at another than its own"
                      : faults.size() + " faults"));
    }
    return faults;
  }

  /** Through all tunnels at once. */
  private List<String> pingAll() throws Exception {
    List<Callable<Optional<String>>> pings = new ArrayList<>();
    for (int peer : lab.plan().peerNumbers()) {
      pings.add(() -> fault("from behind", peer, traffic.fromPeer(peer, PINGS)));
      pings.add(() -> fault("to the host behind", peer, traffic.fromTarget(peer, PINGS)));
    }
    List<String> faults = new ArrayList<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Optional<String>> each : pool.invokeAll(pings)) {
        each.get().ifPresent(faults::add);
      }
    }
    return faults;
  }

  private static Optional<String> fault(String way, int peer, Traffic.Pings pings) {
    return pings.answered() < PINGS || pings.lost() > 0
        ? Optional.of(
            "expected %d pings %s peer-%d to be answered and none lost but %d were and %d lost"
                .formatted(PINGS, way, peer, pings.answered(), pings.lost()))
        : Optional.empty();
  }

  /** What the wires have seen, once tcpdump has written down all that was answered. */
  private Map<Integer, Map<String, Integer>> seenAll(Wire wire) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Map<Integer, Map<String, Integer>> counts = wire.counts();
      boolean isAll =
          lab.plan().peerNumbers().stream().allMatch(peer -> atOwn(peer, counts) >= 2 * PINGS);
      if (isAll || System.nanoTime() - deadline > 0) {
        return counts;
      }
      Thread.sleep(50);
    }
  }

  private int atOwn(int peer, Map<Integer, Map<String, Integer>> counts) {
    return lab.watch()
        .tunnel(LabPlan.tunnel(peer))
        .map(Assignment::server)
        .map(own -> counts.getOrDefault(LabPlan.gatewayOf(own), Map.of()))
        .map(peers -> peers.getOrDefault(LabPlan.peerAddress(peer), 0))
        .orElse(0);
  }

  private List<String> strays(int peer, Map<Integer, Map<String, Integer>> counts) {
    List<String> faults = new ArrayList<>();
    ServerId own = lab.watch().tunnel(LabPlan.tunnel(peer)).map(Assignment::server).orElse(null);
    counts.forEach(
        (gateway, peers) -> {
          int seen = peers.getOrDefault(LabPlan.peerAddress(peer), 0);
          boolean isOwn = LabPlan.server(gateway).equals(own);
          if (isOwn ? seen < 2 * PINGS : seen > 0) {
            faults.add(
                "peer-%d is on %s but rs-%d saw %d of its packets"
                    .formatted(peer, own, gateway, seen));
          }
        });
    return faults;
  }

  /** The gateway that is alive and has the most tunnels. */
  int busiest() {
    List<Assignment> tunnels = lab.watch().tunnels();
    return lab.plan().gateways().stream()
        .filter(gateway -> lab.gateway(gateway).isAlive())
        .max(Comparator.comparingLong(gateway -> on(tunnels, gateway)))
        .orElseThrow();
  }

  private static long on(Iterable<Assignment> tunnels, int gateway) {
    long count = 0;
    for (Assignment tunnel : tunnels) {
      count += LabPlan.server(gateway).equals(tunnel.server()) ? 1 : 0;
    }
    return count;
  }

  long tunnelsOn(int gateway) {
    return on(lab.watch().tunnels(), gateway);
  }

  /** The tunnels and where they are. */
  void table() throws Exception {
    Map<String, List<String>> pairs = new TreeMap<>();
    for (int gateway : lab.plan().gateways()) {
      if (lab.gateway(gateway).isAlive()) {
        for (String name : lab.gateway(gateway).established()) {
          pairs.computeIfAbsent(name, _ -> new ArrayList<>()).add(LabPlan.server(gateway).value());
        }
      }
    }
    say.accept(
        "%-10s %-10s %-8s %-14s %s".formatted("TUNNEL", "STATE", "SERVER", "PEER", "KEYS AT"));
    for (Assignment tunnel : lab.watch().tunnels()) {
      say.accept(
          "%-10s %-10s %-8s %-14s %s"
              .formatted(
                  tunnel.tunnel(),
                  tunnel.state(),
                  tunnel.server(),
                  tunnel.outerAddresses().getFirst(),
                  String.join(", ", pairs.getOrDefault(tunnel.tunnel().value(), List.of()))));
    }
  }

  private void title(String text) {
    say.accept("");
    say.accept(text);
  }
}
