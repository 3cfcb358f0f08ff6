package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.SERVER_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MAC;
import static org.pointsman.director.table.SteeringTableLayout.acquireLong;
import static org.pointsman.director.table.SteeringTableLayout.releaseInt;
import static org.pointsman.director.table.SteeringTableLayout.releaseLong;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.pointsman.director.table.SteeringTableLayout.Section;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * Which real server has an outer address or an inner destination. The bytes are laid out as {@link
 * SteeringTableLayout} says.
 *
 * <p>One thread may write at a time; any number of threads may look up meanwhile, without a lock
 * and without allocating. A lookup sees, for each key, what stood before a change or what stands
 * after it, never neither.
 *
 * <p>Lookups and entries speak of servers by index, 1 to {@link SteeringTableLayout#MOST_SERVERS};
 * 0 means "none".
 */
public final class SteeringTable implements AutoCloseable {
  private final TableLimits limits;
  private final TableMemory memory;
  private final MemorySegment servers;
  private final OuterV4Table outerV4;
  private final V6Table outerV6;
  private final InnerV4Table innerV4;
  private final InnerV6Table innerV6;

  /** A table in this process's memory. */
  public SteeringTable(TableLimits limits) {
    this(limits, TableMemory.ofProcess(), System::nanoTime);
  }

  /**
   * @param memory where the bytes are to live; closed with the table
   * @param nanoTime a clock that only goes forward, for how long freed memory has rested
   */
  public SteeringTable(TableLimits limits, TableMemory memory, LongSupplier nanoTime) {
    this.limits = limits;
    this.memory = memory;
    MemorySegment header = section(Section.HEADER, limits);
    servers = section(Section.SERVERS, limits);
    outerV4 =
        new OuterV4Table(
            new CompactIndex(
                section(Section.OUTER_V4, limits), header, SteeringTableLayout.AT_OUTER_V4_MOVES));
    outerV6 =
        new V6Table(
            new CuckooIndex(
                section(Section.OUTER_V6, limits),
                header,
                SteeringTableLayout.AT_OUTER_V6_MOVES,
                SteeringTableLayout.AT_OUTER_V6_MASK),
            section(Section.OUTER_V6_ENTRIES, limits),
            new ReusePool("IPv6 outer address", limits.outerV6Addresses(), nanoTime));
    innerV4 =
        new InnerV4Table(
            new InnerV4Base(
                section(Section.INNER_V4_SPANS, limits),
                section(Section.INNER_V4_CELLS, limits),
                nanoTime),
            new InnerV4Groups(
                section(Section.INNER_V4_NARROW_GROUPS, limits),
                section(Section.INNER_V4_SMALL_GROUPS, limits),
                section(Section.INNER_V4_GROUPS, limits),
                limits.innerV4Groups(),
                nanoTime));
    innerV6 =
        new InnerV6Table(
            new V6Table(
                new CuckooIndex(
                    section(Section.INNER_V6, limits),
                    header,
                    SteeringTableLayout.AT_INNER_V6_MOVES,
                    SteeringTableLayout.AT_INNER_V6_MASK),
                section(Section.INNER_V6_ENTRIES, limits),
                new ReusePool("IPv6 inner prefix", limits.innerV6Prefixes(), nanoTime)),
            header);
    releaseLong(header, SteeringTableLayout.AT_INNER_V4_GROUPS, limits.innerV4Groups());
    releaseLong(header, SteeringTableLayout.AT_OUTER_V6_ENTRIES, limits.outerV6Addresses());
    releaseLong(header, SteeringTableLayout.AT_INNER_V6_ENTRIES, limits.innerV6Prefixes());
    releaseInt(header, SteeringTableLayout.AT_VERSION, SteeringTableLayout.VERSION);
    releaseInt(header, SteeringTableLayout.AT_HEADER_BYTES, (int) Section.HEADER.bytes(limits));
    releaseLong(header, SteeringTableLayout.AT_MAGIC, SteeringTableLayout.MAGIC);
  }

  private MemorySegment section(Section section, TableLimits limits) {
    long bytes = section.bytes(limits);
    MemorySegment segment = memory.section(section, bytes);
    if (segment.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "expected %,d bytes for section %s but got %,d"
              .formatted(bytes, section, segment.byteSize()));
    }
    return segment;
  }

  // ---- readers -------------------------------------------------------------------------------

  /** The server of an IPv4 outer address (its 32 bits as a number), or 0. */
  public int outerV4(int address) {
    return outerV4.find(address);
  }

  /** The server of an IPv6 outer address (upper and lower 64 bits as numbers), or 0. */
  public int outerV6(long high, long low) {
    return outerV6.find(high, low, 128);
  }

  /** The server of the longest IPv4 inner prefix that holds the address, or 0. */
  public int innerV4(int address) {
    return innerV4.find(address);
  }

  /** The server of the longest IPv6 inner prefix that holds the address, or 0. */
  public int innerV6(long high, long low) {
    return innerV6.find(high, low);
  }

  /** The server of an outer address, or 0. */
  public int outer(IpAddress address) {
    return switch (address.family()) {
      case V4 -> outerV4((int) address.low());
      case V6 -> outerV6(address.high(), address.low());
    };
  }

  /** The server of the longest inner prefix that holds the address, or 0. */
  public int inner(IpAddress address) {
    return switch (address.family()) {
      case V4 -> innerV4((int) address.low());
      case V6 -> innerV6(address.high(), address.low());
    };
  }

  /** The 48 bits of a server's MAC address, or 0 if it is not known. */
  public long serverMac(int server) {
    return acquireLong(servers, serverAt(server) + SERVER_MAC);
  }

  /** Counts one packet steered to a server; atomic, from any thread. */
  public void countSteered(int server, int bytes) {
    long at = serverAt(server);
    add(at + SteeringTableLayout.SERVER_PACKETS, 1);
    add(at + SteeringTableLayout.SERVER_BYTES_STEERED, bytes);
  }

  /** Counts one packet that could not be sent to its server for want of a MAC address. */
  public void countUnreachable(int server) {
    add(serverAt(server) + SteeringTableLayout.SERVER_UNREACHABLE, 1);
  }

  public long packets(int server) {
    return acquireLong(servers, serverAt(server) + SteeringTableLayout.SERVER_PACKETS);
  }

  public long bytes(int server) {
    return acquireLong(servers, serverAt(server) + SteeringTableLayout.SERVER_BYTES_STEERED);
  }

  public long unreachablePackets(int server) {
    return acquireLong(servers, serverAt(server) + SteeringTableLayout.SERVER_UNREACHABLE);
  }

  // ---- the writer ----------------------------------------------------------------------------

  /**
   * Puts an outer address on a server, wherever it was before.
   *
   * @throws TableFullException if there is no room; then nothing has changed
   */
  public void putOuter(IpAddress address, int server) {
    checkServer(server);
    switch (address.family()) {
      case V4 -> outerV4.put((int) address.low(), server);
      case V6 -> outerV6.put(address.high(), address.low(), 128, server);
    }
  }

  /**
   * Puts many IPv4 outer addresses on their servers, in an order that suits the memory. The batch
   * is of no use afterwards.
   *
   * @return those for which there was no room, each with what to do
   */
  public Map<IpAddress, String> putOuter(OuterV4Batch batch) {
    Map<IpAddress, String> refused = new HashMap<>();
    outerV4.putAll(
        batch,
        (full, address) -> refused.put(IpAddress.v4(address), String.valueOf(full.getMessage())));
    return refused;
  }

  /** Removes an outer address; false if it was not there. */
  public boolean removeOuter(IpAddress address) {
    return switch (address.family()) {
      case V4 -> outerV4.remove((int) address.low());
      case V6 -> outerV6.remove(address.high(), address.low(), 128);
    };
  }

  /**
   * Puts an inner prefix on a server, wherever it was before.
   *
   * @throws TableFullException if there is no room; then nothing has changed
   */
  public void putInner(IpPrefix prefix, int server) {
    checkServer(server);
    IpAddress address = prefix.address();
    switch (prefix.family()) {
      case V4 -> innerV4.put((int) address.low(), prefix.length(), server);
      case V6 -> innerV6.put(address.high(), address.low(), prefix.length(), server);
    }
  }

  /**
   * Puts many IPv4 inner prefixes on their servers, in an order that suits the memory.
   *
   * @return those for which there was no room, each with what to do
   */
  public Map<IpPrefix, String> putInner(InnerV4Batch batch) {
    Map<IpPrefix, String> refused = new HashMap<>();
    innerV4.putAll(
        batch,
        (full, i) ->
            refused.put(
                new IpPrefix(IpAddress.v4(batch.address(i)), batch.length(i)),
                String.valueOf(full.getMessage())));
    return refused;
  }

  /**
   * Removes an inner prefix, so that its addresses go where the longest one left that holds them
   * says; false if it was not there.
   */
  public boolean removeInner(IpPrefix prefix) {
    IpAddress address = prefix.address();
    return switch (prefix.family()) {
      case V4 -> innerV4.remove((int) address.low(), prefix.length());
      case V6 -> innerV6.remove(address.high(), address.low(), prefix.length());
    };
  }

  /** Says what a server's MAC address is; 0 for not known. */
  public void setServerMac(int server, long mac) {
    checkServer(server);
    releaseLong(servers, serverAt(server) + SERVER_MAC, mac);
  }

  /** Forgets a server and its counters. No entry may name it any more. */
  public void clearServer(int server) {
    checkServer(server);
    for (long at = 0; at < SERVER_BYTES; at += 8) {
      releaseLong(servers, serverAt(server) + at, 0);
    }
  }

  /** Every outer address with its server, in no order. */
  public void forEachOuter(BiConsumer<IpAddress, Integer> consumer) {
    outerV4.forEach(consumer);
    outerV6.forEach((prefix, server) -> consumer.accept(prefix.address(), server));
  }

  /** Every inner prefix with its server, in no order. */
  public void forEachInner(BiConsumer<IpPrefix, Integer> consumer) {
    innerV4.forEach(consumer);
    innerV6.forEach(consumer);
  }

  public int outerSize() {
    return outerV4.size() + outerV6.size();
  }

  public int innerSize() {
    return innerV4.size() + innerV6.size();
  }

  /** How full the parts with bounds are. */
  public List<Room> room() {
    return List.of(
        new Room("IPv4 outer addresses", outerV4.size(), outerV4.capacity()),
        new Room("IPv6 outer addresses", outerV6.size(), limits.outerV6Addresses()),
        new Room(
            "IPv4 /24 blocks with inner prefixes of /25 to /28",
            innerV4.smallGroupsInUse(),
            limits.innerV4Groups()),
        new Room(
            "IPv4 /24 blocks with inner prefixes longer than /28",
            innerV4.largeGroupsInUse(),
            limits.innerV4Groups()),
        new Room("IPv6 inner prefixes", innerV6.size(), limits.innerV6Prefixes()));
  }

  /** How many /24 blocks of IPv4 hold inner prefixes longer than /24. */
  public int innerV4GroupsInUse() {
    return innerV4.smallGroupsInUse() + innerV4.largeGroupsInUse();
  }

  /** How many bytes the cells and groups of these and all other blocks take. */
  public long innerV4BytesInUse() {
    return innerV4.bytesInUse();
  }

  @Override
  public void close() {
    memory.close();
  }

  private void add(long at, long count) {
    long _ = (long) SteeringTableLayout.LONG.getAndAdd(servers, at, count);
  }

  private static long serverAt(int server) {
    return (long) server * SERVER_BYTES;
  }

  static void checkServer(int server) {
    if (server < 1 || server > SteeringTableLayout.MOST_SERVERS) {
      throw new IllegalArgumentException(
          "expected a server index of 1 to %d but got %d"
              .formatted(SteeringTableLayout.MOST_SERVERS, server));
    }
  }
}
