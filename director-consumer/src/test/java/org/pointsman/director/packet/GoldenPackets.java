package org.pointsman.director.packet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pointsman.director.table.Entry;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.RawBytes;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/**
 * The contract as a table of packets: description, packet in, verdict and reason, packet out. Every
 * data plane goes through it.
 */
public final class GoldenPackets {
  /**
   * A row.
   *
   * @param server the index of the server that gets the packet; 0 if none does
   */
  public record Golden(Side side, String description, RawBytes frame, Reason reason, int server) {
    /** The frame as it goes to its server. */
    public byte[] redirected() {
      byte[] out = frame.toByteArray();
      byte[] server1 = {2, 0, 0, 0, 1, (byte) server};
      byte[] director = {2, 0, 0, 0, 0, 1};
      System.arraycopy(server1, 0, out, 0, 6);
      System.arraycopy(director, 0, out, 6, 6);
      return out;
    }

    @Override
    public String toString() {
      return side + ": " + description;
    }
  }

  public static final MacAddress DIRECTOR = MacAddress.parse("02:00:00:00:00:01");
  public static final MacAddress ROUTER = MacAddress.parse("02:00:00:00:00:fe");
  public static final IpAddress VIP4 = IpAddress.parse("203.0.113.1");
  public static final IpAddress VIP6 = IpAddress.parse("2001:db8:ff::1");
  public static final List<IpAddress> VIPS = List.of(VIP4, VIP6);
  public static final List<IpAddress> LOCAL =
      List.of(IpAddress.parse("10.1.255.1"), IpAddress.parse("2001:db8:a:ff::1"));

  public static final IpAddress PEER4 = IpAddress.parse("192.0.2.7");
  static final IpAddress PEER4_TWO = IpAddress.parse("198.51.100.9");
  static final IpAddress PEER6 = IpAddress.parse("2001:db8:7::7");
  static final IpAddress PEER6_TWO = IpAddress.parse("2001:db8:9::9");
  static final IpAddress STRANGER4 = IpAddress.parse("192.0.2.8");
  static final IpAddress STRANGER6 = IpAddress.parse("2001:db8:7::8");
  static final IpAddress CORE4 = IpAddress.parse("100.64.0.1");
  static final IpAddress CORE6 = IpAddress.parse("2001:db8:c0::1");
  static final IpAddress HOST4 = IpAddress.parse("172.16.0.5");
  static final IpAddress HOST6 = IpAddress.parse("2001:db8:b::5");

  private static final List<Golden> ALL =
      Stream.of(
              new GoldenOuter(),
              new GoldenFragments(),
              new GoldenIcmp(),
              new GoldenEthernet(),
              new GoldenMalformed(),
              new GoldenInner(),
              new GoldenByHand())
          .flatMap(part -> part.rows().stream())
          .toList();

  /** What the table holds: servers 1 and 2, each with a peer of each family, nested prefixes. */
  public static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry.Server(1, new ServerId("rs-1"), MacAddress.parse("02:00:00:00:01:01")));
    entries.add(new Entry.Server(2, new ServerId("rs-2"), MacAddress.parse("02:00:00:00:01:02")));
    VIPS.forEach(address -> entries.add(new Entry.Virtual(address)));
    entries.add(new Entry.Outer(PEER4, 1));
    entries.add(new Entry.Outer(PEER4_TWO, 2));
    entries.add(new Entry.Outer(PEER6, 1));
    entries.add(new Entry.Outer(PEER6_TWO, 2));
    entries.add(new Entry.Inner(IpPrefix.parse("10.1.0.0/16"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("10.1.2.16/28"), 2));
    entries.add(new Entry.Inner(IpPrefix.parse("169.254.0.0/16"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("224.0.0.0/4"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("2001:db8:a::/48"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("2001:db8:a:2::/64"), 2));
    entries.add(new Entry.Inner(IpPrefix.parse("fe80::/10"), 1));
    entries.add(new Entry.Inner(IpPrefix.parse("ff00::/8"), 1));
    return entries;
  }

  private GoldenPackets() {}

  /** Every row, each with a description of its own on its side. */
  public static List<Golden> all() {
    return ALL;
  }

  /** The first row with an ESP packet for a server. */
  public static Golden esp(int server) {
    return ALL.stream()
        .filter(golden -> golden.reason() == Reason.ESP && golden.server() == server)
        .findFirst()
        .orElseThrow();
  }
}
