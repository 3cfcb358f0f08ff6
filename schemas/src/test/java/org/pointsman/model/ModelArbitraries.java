package org.pointsman.model;

import static net.jqwik.api.Arbitraries.frequencyOf;
import static net.jqwik.api.Arbitraries.integers;
import static net.jqwik.api.Arbitraries.longs;
import static net.jqwik.api.Arbitraries.oneOf;
import static net.jqwik.api.Arbitraries.strings;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.pointsman.model.DirectorStatus.TableStatus;

/** Random values of everything that stands in a topic, for properties. */
public final class ModelArbitraries {
  private static final long YEAR_2200_MILLIS = 7_258_118_400_000L;

  private ModelArbitraries() {}

  private static Arbitrary<String> names() {
    return Combinators.combine(
            strings().alpha().numeric().ofLength(1),
            strings().alpha().numeric().withChars("._:@+-").ofMaxLength(20))
        .as((first, rest) -> first + rest);
  }

  public static Arbitrary<ClusterId> clusters() {
    return names().map(ClusterId::new);
  }

  public static Arbitrary<TunnelId> tunnels() {
    return names().map(TunnelId::new);
  }

  public static Arbitrary<ServerId> servers() {
    return names().map(ServerId::new);
  }

  public static Arbitrary<IpAddress> addresses() {
    return oneOf(
        integers().map(IpAddress::v4),
        Combinators.combine(longs(), longs())
            .as(IpAddress::v6)
            .filter(address -> address.high() != 0));
  }

  public static Arbitrary<IpPrefix> prefixes() {
    return Combinators.combine(addresses(), integers().between(0, 128))
        .as(
            (address, length) ->
                IpPrefix.containing(address, address.isV4() ? length % 33 : length));
  }

  public static Arbitrary<MacAddress> macs() {
    return longs().map(bits -> new MacAddress(bits & 0xfeff_ffff_ffffL));
  }

  public static Arbitrary<Instant> instants() {
    return longs().between(0, YEAR_2200_MILLIS).map(Instant::ofEpochMilli);
  }

  public static Arbitrary<Duration> durations() {
    return longs().between(0, 1L << 40).map(Duration::ofMillis);
  }

  private static Arbitrary<List<IpAddress>> addressLists() {
    return addresses().list().ofMinSize(1).ofMaxSize(8);
  }

  private static Arbitrary<List<IpPrefix>> prefixLists() {
    return prefixes().list().ofMinSize(1).ofMaxSize(8);
  }

  public static Arbitrary<Event> events() {
    return frequencyOf(
        Tuple.of(6, tunnelEvents()), Tuple.of(7, serverEvents()), Tuple.of(2, clusterEvents()));
  }

  private static Arbitrary<Event> tunnelEvents() {
    return oneOf(
        Combinators.combine(
                tunnels(), addressLists(), prefixLists(), longs().between(0, Long.MAX_VALUE))
            .as(TunnelAnnounce::new),
        Combinators.combine(
                tunnels(),
                servers(),
                addresses().injectNull(0.3),
                integers().between(1, 65_535).injectNull(0.3))
            .as(TunnelUp::new),
        Combinators.combine(tunnels(), servers().injectNull(0.3)).as(TunnelDown::new),
        tunnels().map(TunnelWithdraw::new),
        Combinators.combine(tunnels(), servers()).as(TunnelPin::new),
        tunnels().map(TunnelUnpin::new));
  }

  private static Arbitrary<Event> serverEvents() {
    return oneOf(
        Combinators.combine(
                servers(),
                addresses(),
                macs().injectNull(0.3),
                integers().between(1, ServerRegister.MAX_WEIGHT),
                integers().greaterOrEqual(1).injectNull(0.3),
                longs().greaterOrEqual(1).injectNull(0.3))
            .as(ServerRegister::new),
        servers().map(ServerUp::new),
        servers().map(ServerDown::new),
        Combinators.combine(servers(), durations().injectNull(0.3)).as(ServerDrain::new),
        servers().map(ServerActivate::new),
        servers().map(ServerFlush::new),
        Combinators.combine(servers(), Arbitraries.of(true, false)).as(ServerRemove::new));
  }

  private static Arbitrary<Event> clusterEvents() {
    return oneOf(
        Combinators.combine(
                Arbitraries.of(Policy.class).injectNull(0.3),
                addresses().list().ofMaxSize(4).injectNull(0.3),
                durations().injectNull(0.3),
                durations().injectNull(0.3),
                durations().injectNull(0.3))
            .as(ClusterConfigure::new),
        Combinators.combine(integers().greaterOrEqual(1), Arbitraries.of(true, false))
            .as(ClusterRebalance::new));
  }

  public static Arbitrary<NetworkEvent> networkEvents() {
    return Combinators.combine(
            strings().ofMinLength(1).ofMaxLength(128),
            clusters(),
            instants(),
            strings().ofMinLength(1).ofMaxLength(64),
            events())
        .as(NetworkEvent::new);
  }

  public static Arbitrary<Assignment> assignments() {
    return Combinators.combine(
            Combinators.combine(clusters(), tunnels()).as(EntityKey.Tunnel::new),
            Arbitraries.of(TunnelState.class),
            servers().injectNull(0.2),
            Combinators.combine(addressLists(), prefixLists()).as(Tuple::of),
            longs().greaterOrEqual(0),
            Arbitraries.of(true, false),
            Combinators.combine(instants(), instants().injectNull(0.5)).as(Tuple::of),
            Combinators.combine(longs().greaterOrEqual(1), longs().greaterOrEqual(1)).as(Tuple::of))
        .as(
            (key, state, server, where, bits, isPinned, times, numbers) ->
                new Assignment(
                    key.cluster(),
                    key.tunnel(),
                    state,
                    server,
                    where.get1(),
                    where.get2(),
                    bits,
                    isPinned,
                    times.get1(),
                    times.get2(),
                    numbers.get1(),
                    numbers.get2()));
  }

  public static Arbitrary<RealServer> realServers() {
    Arbitrary<Tuple2<Integer, Long>> limits =
        Combinators.combine(
                integers().greaterOrEqual(1).injectNull(0.3),
                longs().greaterOrEqual(1).injectNull(0.3))
            .as(Tuple::of);
    return Combinators.combine(
            Combinators.combine(clusters(), servers()).as(EntityKey.Server::new),
            addresses(),
            macs().injectNull(0.3),
            integers().between(1, ServerRegister.MAX_WEIGHT),
            limits,
            Combinators.combine(Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as(Tuple::of),
            instants().injectNull(0.5),
            longs().greaterOrEqual(1))
        .as(
            (key, address, mac, weight, most, flags, deadline, epoch) ->
                new RealServer(
                    key.cluster(),
                    key.server(),
                    address,
                    mac,
                    weight,
                    most.get1(),
                    most.get2(),
                    flags.get1(),
                    flags.get2(),
                    deadline,
                    epoch));
  }

  public static Arbitrary<ClusterConfig> clusterConfigs() {
    return Combinators.combine(
            clusters(),
            Arbitraries.of(Policy.class),
            addresses().list().ofMaxSize(4),
            durations(),
            durations(),
            durations().injectNull(0.5),
            longs().greaterOrEqual(0))
        .as(ClusterConfig::new);
  }

  public static Arbitrary<Entity> entities() {
    return oneOf(assignments(), realServers(), clusterConfigs());
  }

  public static Arbitrary<Decision> decisions() {
    Arbitrary<Cause> causes =
        oneOf(
            Combinators.combine(
                    integers().greaterOrEqual(0),
                    longs().greaterOrEqual(0),
                    strings().ofMinLength(1).ofMaxLength(40))
                .as(Cause.ByEvent::new),
            Combinators.combine(integers().greaterOrEqual(0), instants()).as(Cause.ByTimer::new));
    return Combinators.combine(
            entities(),
            causes,
            Arbitraries.of(DecisionReason.class),
            instants(),
            integers().between(0, 2))
        .as(
            (entity, cause, reason, time, form) ->
                new Decision(
                    entity.key(),
                    form == 0 ? entity.epoch() + 1 : entity.epoch(),
                    cause,
                    form == 1 ? null : entity,
                    form == 0 ? null : entity,
                    reason,
                    time));
  }

  public static Arbitrary<Rejection> rejections() {
    return Combinators.combine(
            clusters().injectNull(0.3),
            integers().greaterOrEqual(0),
            longs().greaterOrEqual(0),
            networkEvents().injectNull(0.5),
            bytes(64).injectNull(0.5),
            Arbitraries.of(RejectionCode.class),
            strings().ofMaxLength(64),
            instants())
        .as(
            (cluster, partition, offset, event, raw, code, message, time) ->
                new Rejection(
                    cluster,
                    partition,
                    offset,
                    event,
                    raw,
                    raw == null ? 0 : raw.length(),
                    code,
                    message,
                    time));
  }

  private static Arbitrary<RawBytes> bytes(int most) {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(most).map(RawBytes::of);
  }

  private static Arbitrary<TableStatus> tableStatuses() {
    return Combinators.combine(
            clusters(),
            longs().greaterOrEqual(0),
            bytes(16),
            integers().greaterOrEqual(0),
            integers().greaterOrEqual(0))
        .as(TableStatus::new);
  }

  public static Arbitrary<AssignerStatus> assignerStatuses() {
    return Combinators.combine(
            names(),
            tableStatuses(),
            integers().greaterOrEqual(0),
            longs().greaterOrEqual(0),
            instants())
        .as(AssignerStatus::new);
  }

  public static Arbitrary<DirectorStatus> directorStatuses() {
    return Combinators.combine(
            names(),
            Arbitraries.of(Side.class),
            Arbitraries.maps(integers().between(0, 100), longs().greaterOrEqual(0)),
            tableStatuses().list().ofMaxSize(3),
            longs().greaterOrEqual(0),
            longs().greaterOrEqual(0),
            instants().injectNull(0.5),
            instants())
        .as(
            (name, side, offsets, clusters, steered, missed, snapshot, time) ->
                new DirectorStatus(
                    name,
                    side,
                    "memory",
                    new TreeMap<>(offsets),
                    clusters,
                    clusters.stream()
                        .map(table -> new EntityKey.Server(table.cluster(), new ServerId(name)))
                        .toList(),
                    steered,
                    steered / 2,
                    missed,
                    time,
                    snapshot,
                    time));
  }

  public static Arbitrary<LogRecord> logRecords() {
    return oneOf(
        networkEvents(),
        entities(),
        decisions(),
        rejections(),
        directorStatuses(),
        assignerStatuses());
  }
}
