package org.pointsman.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.pointsman.model.Assignment;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelState;

/** What the lab shows, a step at a time. */
final class LabDemo {
  private static final int PINGS = 10;

  /** A busy machine answers late and loses pings; one that goes astray is found on the wire. */
  private static final int ENOUGH = 1;

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

    int busiest = busiest();
    title("The charon of rs-%d, which has the most tunnels, is killed".formatted(busiest));
    Recovery recovery = Recovery.of(lab, busiest);
    say.accept(recovery.text());
    recovery.elsewhere().forEach(tunnel -> faults.add(tunnel + " moved without need"));
    awaitPairs();
    faults.addAll(check());

    title("The end");
    table();
    say.accept(faults.isEmpty() ? "all is well" : "not all is well:");
    faults.forEach(say);
    return faults;
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
      while (lab.tableNanos(tunnel.tunnel()) == 0) {
        Thread.sleep(10);
      }
    }
  }

  /** Waits until each tunnel's pair is on its gateway. */
  void awaitPairs() throws Exception {
    for (int peer : lab.plan().peerNumbers()) {
      while (traffic.fromPeer(peer, 1) == 0) {
        Thread.sleep(50);
      }
    }
  }

  /** Pings through every tunnel both ways; what was answered, and which gateways were passed. */
  List<String> check() throws Exception {
    List<String> faults = new ArrayList<>();
    try (Wire wire = Wire.tap(lab.plan(), folder)) {
      for (int peer : lab.plan().peerNumbers()) {
        int out = traffic.fromPeer(peer, PINGS);
        int back = traffic.fromTarget(peer, PINGS);
        if (out < ENOUGH || back < ENOUGH) {
          faults.add(
              "expected %d answers each way through peer-%d but got %d and %d"
                  .formatted(PINGS, peer, out, back));
        }
      }
      Map<Integer, Map<String, Integer>> counts = wire.counts();
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
                  faults.isEmpty() ? "none at another than its own" : faults.size() + " faults"));
    }
    return faults;
  }

  /** A keepalive or a late delete may be under way; a gateway that serves sees every ping. */
  private List<String> strays(int peer, Map<Integer, Map<String, Integer>> counts) {
    List<String> faults = new ArrayList<>();
    ServerId own = lab.watch().tunnel(LabPlan.tunnel(peer)).map(Assignment::server).orElse(null);
    counts.forEach(
        (gateway, peers) -> {
          int seen = peers.getOrDefault(LabPlan.peerAddress(peer), 0);
          boolean isOwn = LabPlan.server(gateway).equals(own);
          if (isOwn ? seen < 2 * ENOUGH : seen > 0) {
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
