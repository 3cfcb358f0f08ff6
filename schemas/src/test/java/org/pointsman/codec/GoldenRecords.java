package org.pointsman.codec;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.AssignerStatus;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.model.ClusterId;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Event;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.LogRecord;
import org.pointsman.model.MacAddress;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Policy;
import org.pointsman.model.RawBytes;
import org.pointsman.model.RealServer;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.ServerActivate;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerDrain;
import org.pointsman.model.ServerFlush;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.ServerRemove;
import org.pointsman.model.ServerUp;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelDown;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelPin;
import org.pointsman.model.TunnelState;
import org.pointsman.model.TunnelUnpin;
import org.pointsman.model.TunnelUp;
import org.pointsman.model.TunnelWithdraw;

/**
 * A record of every kind, with all its fields and with none that can be left out, by name. A
 * release records their bytes; so a name keeps its value for ever, and a new field or kind comes
 * under new names.
 */
final class GoldenRecords {
  private static final ClusterId CLUSTER = new ClusterId("default");
  private static final TunnelId TUNNEL = new TunnelId("oslo");
  private static final ServerId SERVER = new ServerId("rs-1");
  private static final Instant TIME = Instant.parse("2026-01-01T12:34:56.789Z");
  private static final Instant LATER = TIME.plusSeconds(300);
  private static final List<IpAddress> OUTER = addresses("192.0.2.7", "2001:db8::7");
  private static final List<IpPrefix> INNER = prefixes("10.1.2.0/28", "2001:db8:7::/64");

  private final Map<String, LogRecord> byName = new LinkedHashMap<>();

  private GoldenRecords() {
    tunnelEvents();
    serverEvents();
    clusterEvents();
    entities();
    decisions();
    rejections();
    statuses();
  }

  static Map<String, LogRecord> byName() {
    return Collections.unmodifiableMap(new GoldenRecords().byName);
  }

  private void add(String name, LogRecord value) {
    if (byName.put(name, value) != null) {
      throw new IllegalArgumentException("twice: " + name);
    }
  }

  private void event(String name, Event payload) {
    add("event " + name, network(payload));
  }

  private static NetworkEvent network(Event payload) {
    return new NetworkEvent("e-42", CLUSTER, TIME, "nms@host", payload);
  }

  private void tunnelEvents() {
    event("announce", new TunnelAnnounce(TUNNEL, OUTER, INNER, 1_500_000));
    event(
        "announce of the least",
        new TunnelAnnounce(TUNNEL, addresses("192.0.2.7"), prefixes("0.0.0.0/0"), 0));
    event("up", new TunnelUp(TUNNEL, SERVER, IpAddress.parse("198.51.100.3"), 4500));
    event("up of the least", new TunnelUp(TUNNEL, SERVER));
    event("down", new TunnelDown(TUNNEL, SERVER));
    event("down of the least", new TunnelDown(TUNNEL, null));
    event("withdraw", new TunnelWithdraw(TUNNEL));
    event("pin", new TunnelPin(TUNNEL, SERVER));
    event("unpin", new TunnelUnpin(TUNNEL));
  }

  private void serverEvents() {
    event(
        "register",
        new ServerRegister(
            SERVER, IpAddress.parse("10.0.0.11"), mac(), 1000, 50_000, 10_000_000_000L));
    event("register of the least", new ServerRegister(SERVER, IpAddress.parse("fe80::11"), null));
    event("server up", new ServerUp(SERVER));
    event("server down", new ServerDown(SERVER));
    event("drain", new ServerDrain(SERVER, Duration.ofHours(2)));
    event("drain of the least", new ServerDrain(SERVER, null));
    event("activate", new ServerActivate(SERVER));
    event("flush", new ServerFlush(SERVER));
    event("remove", new ServerRemove(SERVER, false));
    event("remove with flush", new ServerRemove(SERVER, true));
  }

  private void clusterEvents() {
    for (Policy policy : Policy.values()) {
      event(
          "configure " + policy,
          new ClusterConfigure(
              policy,
              addresses("203.0.113.10", "2001:db8::10"),
              Duration.ofMinutes(5),
              Duration.ofMinutes(10),
              Duration.ofDays(1)));
    }
    event("configure nothing", new ClusterConfigure(null, null, null, null, null));
    event("rebalance", new ClusterRebalance(100, true));
    event("rebalance of the least", new ClusterRebalance(1, false));
  }

  private static Assignment assignment(TunnelState state, long epoch) {
    return new Assignment(
        CLUSTER, TUNNEL, state, SERVER, OUTER, INNER, 1_500_000, true, TIME, LATER, 7, epoch);
  }

  private static RealServer server(long epoch) {
    return new RealServer(
        CLUSTER,
        SERVER,
        IpAddress.parse("10.0.0.11"),
        mac(),
        10,
        50_000,
        10_000_000_000L,
        false,
        true,
        LATER,
        epoch);
  }

  private static ClusterConfig config(Policy policy, long epoch) {
    return new ClusterConfig(
        CLUSTER,
        policy,
        addresses("203.0.113.10"),
        Duration.ofMinutes(5),
        Duration.ofMinutes(10),
        Duration.ofDays(1),
        epoch);
  }

  private void entities() {
    for (TunnelState state : TunnelState.values()) {
      add("assignment " + state, assignment(state, 41));
    }
    add(
        "assignment of the least",
        new Assignment(
            CLUSTER,
            TUNNEL,
            TunnelState.ANNOUNCED,
            null,
            addresses("192.0.2.7"),
            prefixes("10.1.2.0/28"),
            0,
            false,
            TIME,
            null,
            1,
            1));
    add("server", server(42));
    add(
        "server of the least",
        new RealServer(
            CLUSTER,
            SERVER,
            IpAddress.parse("10.0.0.11"),
            null,
            1,
            null,
            null,
            true,
            false,
            null,
            1));
    for (Policy policy : Policy.values()) {
      add("config " + policy, config(policy, 43));
    }
    add("config of the least", ClusterConfig.defaults(CLUSTER));
  }

  private void decisions() {
    Cause event = new Cause.ByEvent(7, 1234, "e-42");
    Cause timer = new Cause.ByTimer(7, LATER);
    Entity up = assignment(TunnelState.UP, 41);
    for (DecisionReason reason : DecisionReason.values()) {
      decision("of " + reason, 41, event, null, up, reason);
    }
    decision("of a release", 42, timer, up, null, DecisionReason.LINGER_ENDED);
    decision("on a server", 43, event, server(42), server(43), DecisionReason.SERVER_UPDATED);
    decision(
        "on settings",
        44,
        event,
        config(Policy.RENDEZVOUS, 43),
        config(Policy.LEAST_TRAFFIC, 44),
        DecisionReason.CONFIGURED);
  }

  private void decision(
      String name,
      long epoch,
      Cause cause,
      @Nullable Entity before,
      @Nullable Entity after,
      DecisionReason reason) {
    Entity either = after != null ? after : java.util.Objects.requireNonNull(before);
    add("decision " + name, new Decision(either.key(), epoch, cause, before, after, reason, TIME));
  }

  private void rejections() {
    NetworkEvent event = network(new TunnelUp(TUNNEL, SERVER));
    for (RejectionCode code : RejectionCode.values()) {
      add(
          "rejection of " + code,
          new Rejection(CLUSTER, 7, 1234, event, null, 0, code, "expected … but …", TIME));
    }
    RawBytes raw = RawBytes.of(new byte[] {0, 1, -1, 127, -128});
    add(
        "rejection of bytes",
        new Rejection(
            null, 7, 1234, null, raw, 70_000, RejectionCode.UNREADABLE, "expected …", TIME));
  }

  private void statuses() {
    for (Side side : Side.values()) {
      add(
          "status " + side,
          new DirectorStatus(
              side + "@host",
              side,
              "xdp",
              offsets(),
              List.of(new TableStatus(CLUSTER, 41, RawBytes.of(new byte[16]), 10_000, 3)),
              List.of(),
              9_000_000_000L,
              2,
              1,
              TIME,
              LATER,
              LATER));
    }
    add(
        "status of the least",
        new DirectorStatus(
            "d",
            Side.OUTER,
            "memory",
            new TreeMap<>(),
            List.of(),
            List.of(),
            0,
            0,
            0,
            TIME,
            null,
            TIME));
    add(
        "status with unresolved servers",
        new DirectorStatus(
            "d",
            Side.INNER,
            "pcap",
            offsets(),
            List.of(),
            List.of(new EntityKey.Server(CLUSTER, SERVER)),
            0,
            0,
            0,
            TIME,
            null,
            TIME));
    add(
        "status of the assigner",
        new AssignerStatus(
            "pointsman-assigner@host",
            new TableStatus(CLUSTER, 41, RawBytes.of(new byte[16]), 10_000, 3),
            7,
            12_345_678_901L,
            TIME));
  }

  private static SortedMap<Integer, Long> offsets() {
    return new TreeMap<>(Map.of(7, 12_345_678_901L, 11, 0L));
  }

  private static MacAddress mac() {
    return MacAddress.parse("02:00:5e:00:00:11");
  }

  private static List<IpAddress> addresses(String... texts) {
    return java.util.Arrays.stream(texts).map(IpAddress::parse).toList();
  }

  private static List<IpPrefix> prefixes(String... texts) {
    return java.util.Arrays.stream(texts).map(IpPrefix::parse).toList();
  }
}
