package org.pointsman.director.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/**
 * The tunnels of a snapshot. There may be a million, and nothing is steered until they are read: so
 * they have a form of their own, half as long as Avro's and read several times as fast, in chunks
 * by all processors at once.
 *
 * <pre>
 * states     count (32), then each name as text
 * servers    count (32), then each name as text
 * chunks     count (32), then each: tunnels in it (32), bytes that follow (32), the tunnels:
 *   id            length (8), ASCII
 *   flags (8)     1 pinned, 2 has a deadline
 *   state (8)     its place among the states
 *   server        0 for none, else its place among the servers from 1
 *   outer         count, then each: 4 or 6 (8), its 4 or 16 bytes
 *   inner         count, then each as an address, and its length (8)
 *   expected bits a second, order, epoch
 *   state since (64, ms since 1970), and the deadline (64) if it has one
 * </pre>
 *
 * Numbers without a length are unsigned, seven bits a byte, lowest first, 128 set in all but the
 * last. A state that a reader does not know makes the snapshot unfit for it.
 */
final class CompactTunnels {
  private static final int MOST_OF_A_CHUNK = 8_192;
  private static final List<TunnelState> STATES = List.of(TunnelState.values());
  private static final int PINNED = 1;
  private static final int HAS_DEADLINE = 2;

  private CompactTunnels() {}

  static void write(DataOutputStream out, List<Assignment> tunnels) throws IOException {
    out.writeInt(STATES.size());
    for (TunnelState state : STATES) {
      SnapshotFormat.writeText(out, state.name());
    }
    Map<ServerId, Integer> servers = new LinkedHashMap<>();
    for (Assignment tunnel : tunnels) {
      if (tunnel.server() != null && !servers.containsKey(tunnel.server())) {
        servers.put(tunnel.server(), servers.size() + 1);
      }
    }
    out.writeInt(servers.size());
    for (ServerId server : servers.keySet()) {
      SnapshotFormat.writeText(out, server.value());
    }
    int chunks = (tunnels.size() + MOST_OF_A_CHUNK - 1) / MOST_OF_A_CHUNK;
    out.writeInt(chunks);
    CompactBytes bytes = new CompactBytes();
    for (int i = 0; i < chunks; i++) {
      int from = i * MOST_OF_A_CHUNK;
      List<Assignment> chunk =
          tunnels.subList(from, Math.min(from + MOST_OF_A_CHUNK, tunnels.size()));
      bytes.clear();
      for (Assignment tunnel : chunk) {
        write(bytes, tunnel, servers);
      }
      out.writeInt(chunk.size());
      bytes.writeTo(out);
    }
  }

  private static void write(CompactBytes to, Assignment tunnel, Map<ServerId, Integer> servers) {
    byte[] id = tunnel.tunnel().value().getBytes(ISO_8859_1);
    to.put(id.length);
    to.put(id);
    Instant deadline = tunnel.deadline();
    to.put((tunnel.pinned() ? PINNED : 0) | (deadline == null ? 0 : HAS_DEADLINE));
    to.put(STATES.indexOf(tunnel.state()));
    to.putNumber(tunnel.server() == null ? 0 : servers.getOrDefault(tunnel.server(), 0));
    to.putNumber(tunnel.outerAddresses().size());
    tunnel.outerAddresses().forEach(address -> write(to, address));
    to.putNumber(tunnel.innerSubnets().size());
    for (IpPrefix prefix : tunnel.innerSubnets()) {
      write(to, prefix.address());
      to.put(prefix.length());
    }
    to.putNumber(tunnel.expectedBitsPerSecond());
    to.putNumber(tunnel.order());
    to.putNumber(tunnel.epoch());
    to.putLong(tunnel.stateSince().toEpochMilli());
    if (deadline != null) {
      to.putLong(deadline.toEpochMilli());
    }
  }

  private static void write(CompactBytes to, IpAddress address) {
    switch (address.family()) {
      case V4 -> {
        to.put(4);
        to.putInt((int) address.low());
      }
      case V6 -> {
        to.put(6);
        to.putLong(address.high());
        to.putLong(address.low());
      }
    }
  }

  /** The tunnels, in the order in which they were written. */
  static List<Assignment> read(ByteBuffer in, ClusterId cluster) {
    TunnelState[] states = new TunnelState[count(in)];
    for (int i = 0; i < states.length; i++) {
      states[i] = TunnelState.valueOf(SnapshotFormat.readText(in));
    }
    ServerId[] servers = new ServerId[count(in)];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = new ServerId(SnapshotFormat.readText(in));
    }
    List<Chunk> chunks = new ArrayList<>();
    for (int left = count(in); left > 0; left--) {
      int tunnels = in.getInt();
      int length = count(in);
      chunks.add(new Chunk(tunnels, in.slice(in.position(), length)));
      in.position(in.position() + length);
    }
    Reader reader = new Reader(cluster, states, servers);
    List<Assignment> all = new ArrayList<>(chunks.stream().mapToInt(Chunk::tunnels).sum());
    Stream<List<Assignment>> read = chunks.parallelStream().map(reader::read);
    read.toList().forEach(all::addAll);
    return all;
  }

  /** A number of things of a byte or more, which cannot be more than what is left. */
  private static int count(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0 || count > in.remaining()) {
      throw new IllegalStateException(count + " wanted");
    }
    return count;
  }

  private record Chunk(int tunnels, ByteBuffer bytes) {}

  /** Reads chunks; for any number of threads. */
  private static final class Reader {
    private final ClusterId cluster;
    private final TunnelState[] states;
    private final ServerId[] servers;

    Reader(ClusterId cluster, TunnelState[] states, ServerId[] servers) {
      this.cluster = cluster;
      this.states = states;
      this.servers = servers;
    }

    List<Assignment> read(Chunk chunk) {
      List<Assignment> tunnels = new ArrayList<>(Math.min(chunk.tunnels(), MOST_OF_A_CHUNK));
      CompactBytes.Reader in = new CompactBytes.Reader(chunk.bytes());
      for (int left = chunk.tunnels(); left > 0; left--) {
        tunnels.add(tunnel(in));
      }
      in.requireEnd();
      return tunnels;
    }

    private Assignment tunnel(CompactBytes.Reader in) {
      TunnelId id = new TunnelId(in.text(in.get()));
      int flags = in.get();
      TunnelState state = states[in.get()];
      int place = in.count();
      ServerId server = place == 0 ? null : servers[place - 1];
      List<IpAddress> outer = addresses(in);
      List<IpPrefix> inner = prefixes(in);
      long bits = in.number();
      long order = in.number();
      long epoch = in.number();
      Instant since = Instant.ofEpochMilli(in.getLong());
      @Nullable Instant deadline =
          (flags & HAS_DEADLINE) == 0 ? null : Instant.ofEpochMilli(in.getLong());
      boolean isPinned = (flags & PINNED) != 0;
      return new Assignment(
          cluster, id, state, server, outer, inner, bits, isPinned, since, deadline, order, epoch);
    }

    private static List<IpAddress> addresses(CompactBytes.Reader in) {
      int count = in.count();
      if (count == 1) {
        return List.of(address(in)); // nearly always, and small
      }
      List<IpAddress> addresses = new ArrayList<>();
      for (int left = count; left > 0; left--) {
        addresses.add(address(in));
      }
      return addresses;
    }

    private static List<IpPrefix> prefixes(CompactBytes.Reader in) {
      int count = in.count();
      if (count == 1) {
        return List.of(new IpPrefix(address(in), in.get()));
      }
      List<IpPrefix> prefixes = new ArrayList<>();
      for (int left = count; left > 0; left--) {
        prefixes.add(new IpPrefix(address(in), in.get()));
      }
      return prefixes;
    }

    private static IpAddress address(CompactBytes.Reader in) {
      int version = in.get();
      return switch (version) {
        case 4 -> IpAddress.v4(in.getInt());
        case 6 -> new IpAddress(IpFamily.V6, in.getLong(), in.getLong());
        default -> throw new IllegalStateException("an address of IP version " + version);
      };
    }
  }
}
