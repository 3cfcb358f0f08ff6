package org.pointsman.nms.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelId;

/**
 * Makes up inventories for demonstrations and benchmarks: the same for the same cluster and seed,
 * and a shorter one is the beginning of a longer one.
 *
 * <p>All addresses are from ranges that are nobody's: outer ones from 100.64.0.0/10 (RFC 6598) and
 * 2001:db8::/32 (RFC 3849), inner subnets from 10.0.0.0/8 (RFC 1918) and fd00::/8 (RFC 4193). A
 * generated inventory shows everything that a real one may hold:
 *
 * <table>
 * <caption>What the tunnels are like</caption>
 * <tr><td>outer</td><td>5 of 8 IPv4, 2 of 8 IPv6, 1 of 8 both</td></tr>
 * <tr><td>inner</td><td>5 of 8 an IPv4 /28, 2 of 8 an IPv6 /64, 1 of 8 both</td></tr>
 * <tr><td>behind one NAT</td><td>every 32nd tunnel has the outer addresses of the one before</td></tr>
 * <tr><td>nested subnets</td><td>1 of 256 IPv4 subnets is a /20 around other tunnels' /28s</td></tr>
 * <tr><td>expected traffic</td><td>1 to 128 Mbit/s, each doubling as likely as any other</td></tr>
 * </table>
 */
public final class InventoryGenerator {
  /** The /28s of 10.0.0.0/8: more tunnels would have to share subnets. */
  public static final int MAX_TUNNELS = 1 << 20;

  private static final int CARRIER_NAT = (100 << 24) | (64 << 16);
  private static final int TEN = 10 << 24;
  private static final int SHARED_NAT_EVERY = 32;
  private static final int NESTED_EVERY = 256;

  private final ClusterId cluster;
  private final long seed;
  private final int scatter;

  public InventoryGenerator(ClusterId cluster, long seed) {
    this.cluster = cluster;
    this.seed = seed;
    this.scatter = new SplittableRandom(seed).nextInt(MAX_TUNNELS) | 1;
  }

  /**
   * The first {@code count} tunnels, numbered as lines of a file with a header.
   *
   * @param count 0 to {@link #MAX_TUNNELS}
   * @throws IllegalArgumentException on any other count
   */
  public Stream<InventoryLine> generate(int count) {
    if (count < 0 || count > MAX_TUNNELS) {
      throw new IllegalArgumentException(
          "expected 0 to %d tunnels but got %d".formatted(MAX_TUNNELS, count));
    }
    return IntStream.range(0, count)
        .mapToObj(index -> new InventoryLine(index + 2, cluster, tunnel(index)));
  }

  private TunnelAnnounce tunnel(int index) {
    boolean sharesNat = index % SHARED_NAT_EVERY == SHARED_NAT_EVERY - 1;
    SplittableRandom chance = chance(index);
    return new TunnelAnnounce(
        new TunnelId(String.format(Locale.ROOT, "tunnel-%07d", index + 1)),
        outerAddresses(sharesNat ? index - 1 : index),
        innerSubnets(index, chance.nextInt(8)),
        1_000_000L << chance.nextInt(8));
  }

  private List<IpAddress> outerAddresses(int index) {
    int kind = chance(index).split().nextInt(8);
    List<IpAddress> addresses = new ArrayList<>(2);
    int slot = slot(index);
    if (kind < 6) {
      addresses.add(IpAddress.v4(CARRIER_NAT + (slot << 2) + 1));
    }
    if (kind > 4) {
      addresses.add(IpAddress.v6(0x2001_0db8_0000_0000L | slot, 1));
    }
    return addresses;
  }

  private List<IpPrefix> innerSubnets(int index, int kind) {
    List<IpPrefix> subnets = new ArrayList<>(2);
    int slot = slot(index);
    if (kind < 6) {
      int length = slot % NESTED_EVERY == 0 ? 20 : 28;
      subnets.add(new IpPrefix(IpAddress.v4(TEN | (slot << 4)), length));
    }
    if (kind > 4) {
      subnets.add(new IpPrefix(IpAddress.v6(0xfd00_0000_0000_0000L | ((long) slot << 16), 0), 64));
    }
    return subnets;
  }

  /** A different number below {@link #MAX_TUNNELS} for each index: an odd factor is invertible. */
  private int slot(int index) {
    return (int) ((long) index * scatter + (seed & 0xffff)) & (MAX_TUNNELS - 1);
  }

  private SplittableRandom chance(int index) {
    return new SplittableRandom(seed * 0x9e37_79b9_7f4a_7c15L + index);
  }
}
