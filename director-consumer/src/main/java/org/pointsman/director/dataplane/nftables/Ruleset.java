package org.pointsman.director.dataplane.nftables;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.Reason;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * The program of a director's table, as text for nft: the contract of {@link
 * org.pointsman.director.packet.PacketClassifier} as nearly as nftables can say it.
 *
 * <p>What the kernel has done before a frame gets here: the outermost VLAN tag, if any, is taken
 * off and kept beside the frame, and put back when it leaves. So "network header" ({@code @nh}) is
 * the IP header in a frame with one tag or none. With a second tag it is that tag's last four
 * bytes, and all offsets are 32 bits further: those chains end in {@code _q}, and there the kernel
 * has neither checked lengths nor looked for extension headers.
 *
 * <p>Fields are read at fixed offsets, with one chain for each length of an IPv4 header ({@code
 * v4_20} to {@code v4_60}). Where IPv6 has extension headers, the kernel's search for the last one
 * is used ({@code v6_more}). {@code meta l4proto >= 0} is true where the kernel found the IP header
 * and its lengths to be right.
 *
 * <p>Two fields cannot be compared with each other, so what an ICMP error quotes is looked up
 * together with its receiver in a set that holds each virtual address twice.
 */
final class Ruleset {
  /** The chain that is hooked to the interface; it is not part of the text, nor is its rule. */
  static final String HOOK = "ingress";

  /** The chain with which the program begins. */
  static final String PROGRAM = "frame";

  /** The counter of packets whose server has no MAC address. */
  static final String UNREACHABLE = "unreachable";

  /** Inner destinations that are never steered, besides the director's own addresses. */
  static final List<IpPrefix> NOT_ROUTABLE =
      List.of(
          IpPrefix.parse("0.0.0.0/8"),
          IpPrefix.parse("127.0.0.0/8"),
          IpPrefix.parse("169.254.0.0/16"),
          IpPrefix.parse("224.0.0.0/4"),
          IpPrefix.parse("255.255.255.255/32"),
          IpPrefix.parse("::/127"),
          IpPrefix.parse("fe80::/10"),
          IpPrefix.parse("ff00::/8"));

  private static final String VALID = "meta l4proto >= 0";

  /** How an address is read and looked up. */
  private record Family(String name, int sourceBit, int destinationBit, int bits, int number) {
    String source(int base) {
      return field(base + sourceBit, bits);
    }

    String destination(int base) {
      return field(base + destinationBit, bits);
    }
  }

  private static final Family V4 = new Family("v4", 96, 128, 32, 4);
  private static final Family V6 = new Family("v6", 64, 192, 128, 6);
  private static final int SECOND_TAG = 32;

  private final Side side;
  private final MacAddress directorMac;
  private final MacAddress sourceMac;
  private final String out;
  private final String onMiss;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param directorMac the address of the frames to steer
   * @param sourceMac the source address of frames sent to servers
   * @param out the interface on which they leave
   */
  Ruleset(Side side, MacAddress directorMac, MacAddress sourceMac, String out, OnMiss onMiss) {
    this.side = side;
    this.directorMac = directorMac;
    this.sourceMac = sourceMac;
    this.out = out;
    this.onMiss =
        switch (onMiss) {
          case DROP -> "drop";
          case PASS -> "accept";
        };
  }

  static String counter(Reason reason) {
    return "reason_" + reason.name().toLowerCase(Locale.ROOT);
  }

  /** The commands that make the table, with nothing in its maps and not hooked to anything. */
  String text(String table) {
    text.setLength(0);
    text.append("table netdev ").append(table).append(" {\n");
    declarations();
    begin();
    for (int base : new int[] {0, SECOND_TAG}) {
      switch (side) {
        case OUTER -> {
          outerV4(base);
          outerV6(base);
        }
        case INNER -> {
          inner(V4, base);
          inner(V6, base);
        }
      }
    }
    return text.append("}\n").toString();
  }

  // ---- maps and counters ---------------------------------------------------------------------

  private void declarations() {
    for (Reason reason : Reason.values()) {
      line("counter " + counter(reason) + " { }");
    }
    line("counter " + UNREACHABLE + " { }");
    line("map " + TableSet.SERVER_MAC + " { type mark : ether_addr; }");
    line("map " + TableSet.SENT + " { type mark : counter; }");
    line("map " + TableSet.LOST + " { type mark : counter; }");
    for (Family family : List.of(V4, V6)) {
      int number = family.number();
      String source = "typeof " + family.source(0);
      String destination = "typeof " + family.destination(0);
      line("set virtual%d { %s; }".formatted(number, destination));
      line("set quoted%d { %s . %s; }".formatted(number, destination, family.destination(0)));
      line("set local%d { %s; }".formatted(number, destination));
      line("map outer%d { %s : meta mark; }".formatted(number, source));
      line("map inner%d { %s : meta mark; flags interval; }".formatted(number, destination));
      line(
          "set missed%d { %s; flags dynamic,timeout; timeout 10m; size 1024; counter; }"
              .formatted(number, source));
    }
  }

  // ---- every frame ---------------------------------------------------------------------------

  private void begin() {
    chain(
        "out",
        "ether daddr set meta mark map @server_mac ether saddr set %s counter name meta mark map @sent fwd to \"%s\""
            .formatted(sourceMac, out),
        "counter name meta mark map @lost",
        "counter name \"" + UNREACHABLE + "\" drop");
    chain(
        PROGRAM,
        ("ether daddr %s meta protocol vmap { 0x0800 : goto v4, 0x86dd : goto v6,"
                + " 0x8100 : goto tagged, 0x88a8 : goto tagged }")
            .formatted(directorMac),
        "ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 " + pass(Reason.GROUP_FRAME),
        "ether daddr != " + directorMac + " " + pass(Reason.NOT_ADDRESSED),
        pass(Reason.NOT_IP));
    chain(
        "tagged",
        field(16, 16) + " vmap { 0x0800 : goto v4_q, 0x86dd : goto v6_q }",
        field(16, 16) + " { 0x8100, 0x88a8 } " + pass(Reason.TOO_MANY_TAGS),
        field(16, 16) + " >= 0 " + pass(Reason.NOT_IP),
        pass(Reason.MALFORMED));
  }

  // ---- outer ---------------------------------------------------------------------------------

  private void outerV4(int base) {
    String q = suffix(base);
    StringBuilder byLength = new StringBuilder();
    for (int words = 5; words <= 15; words++) {
      byLength.append(words == 5 ? "" : ", ");
      byLength.append("0x4%x : goto v4_%d%s".formatted(words, words * 4, q));
    }
    String protocol = base == 0 ? "meta l4proto" : field(base + 72, 8);
    String version = field(base, 8) + " != 0x45-0x4f ";
    chain(
        "v4" + q,
        V4.destination(base) + " != @virtual4 " + pass(Reason.NOT_VIRTUAL),
        field(base + 51, 13) + " != 0 goto v4_later" + q,
        field(base, 8) + " vmap { " + byLength + " }",
        pass(Reason.MALFORMED));
    chain(
        "v4_later" + q,
        version + pass(Reason.MALFORMED),
        protocol + " { 50, 51 } goto v4_later_fragment" + q,
        protocol + " 17 " + steer(V4, V4.source(base), Reason.LATER_FRAGMENT),
        protocol + " 17 " + pass(Reason.UNKNOWN_FRAGMENT),
        protocol + " >= 0 " + pass(Reason.NOT_IPSEC),
        pass(Reason.MALFORMED));
    steerChains(V4, base);
    for (int bytes = 20; bytes <= 60; bytes += 4) {
      String name = "v4_%d".formatted(bytes);
      String total = field(base + 16, 16) + " < ";
      int at = base + 8 * bytes;
      chain(
          name + q,
          total + bytes + " " + pass(Reason.MALFORMED),
          protocol
              + " vmap { 17 : goto %1$s_udp%2$s, 50 : goto %1$s_esp%2$s, 51 : goto %1$s_ah%2$s, 1 : goto %1$s_icmp%2$s }"
                  .formatted(name, q),
          protocol + " >= 0 " + pass(Reason.NOT_IPSEC),
          pass(Reason.MALFORMED));
      transportChains(V4, name, q, total, bytes, at);
      chain(
          name + "_icmp" + q,
          total + (bytes + 8) + " " + pass(Reason.MALFORMED),
          field(at, 8) + " != { 3, 11, 12 } " + pass(Reason.ICMP_OTHER),
          total + (bytes + 28) + " " + pass(Reason.MALFORMED),
          field(at + 64, 8) + " != 0x45-0x4f " + pass(Reason.MALFORMED),
          "%s . %s != @quoted4 ".formatted(V4.destination(base), field(at + 160, 32))
              + pass(Reason.ICMP_NOT_OURS),
          steer(V4, field(at + 192, 32), Reason.ICMP_ERROR),
          count(Reason.UNKNOWN_PEER),
          "update @missed4 { " + field(at + 192, 32) + " }",
          onMiss);
    }
  }

  private void outerV6(int base) {
    String q = suffix(base);
    int at = base + 320;
    String length = field(base + 32, 16) + " < ";
    String vmap =
        " vmap { 17 : goto v6_40_udp%1$s, 50 : goto v6_40_esp%1$s, 51 : goto v6_40_ah%1$s, 58 : goto v6_40_icmp%1$s }"
            .formatted(q);
    String next = field(base + 48, 8);
    if (base == 0) {
      chain(
          "v6",
          V6.destination(base) + " != @virtual6 " + pass(Reason.NOT_VIRTUAL),
          next + " { 0, 43, 44, 60 } goto v6_more",
          "meta l4proto" + vmap,
          VALID + " " + pass(Reason.NOT_IPSEC),
          pass(Reason.MALFORMED));
      extensionHeaders();
    } else {
      chain(
          "v6_q",
          V6.destination(base) + " != @virtual6 " + pass(Reason.NOT_VIRTUAL),
          field(base, 4) + " != 6 " + pass(Reason.MALFORMED),
          next + " { 0, 43, 60 } " + pass(Reason.TOO_MANY_HEADERS),
          next + " 44 goto v6_fragment_q",
          next + vmap,
          next + " >= 0 " + pass(Reason.NOT_IPSEC),
          pass(Reason.MALFORMED));
      fragmentsBehindTwoTags();
    }
    steerChains(V6, base);
    transportChains(V6, "v6_40", q, length, 0, at);
    icmpV6(base, "v6_40", 0);
  }

  private void icmpV6(int base, String name, int before) {
    int at = base + 320 + 8 * before;
    String length = field(base + 32, 16) + " < ";
    chain(
        name + "_icmp" + suffix(base),
        length + (before + 8) + " " + pass(Reason.MALFORMED),
        field(at, 8) + " != 1-4 " + pass(Reason.ICMP_OTHER),
        length + (before + 48) + " " + pass(Reason.MALFORMED),
        field(at + 64, 4) + " != 6 " + pass(Reason.MALFORMED),
        "%s . %s != @quoted6 ".formatted(V6.destination(base), field(at + 128, 128))
            + pass(Reason.ICMP_NOT_OURS),
        steer(V6, field(at + 256, 128), Reason.ICMP_ERROR),
        count(Reason.UNKNOWN_PEER),
        "update @missed6 { " + field(at + 256, 128) + " }",
        onMiss);
  }

  /** A fragment header right behind the IPv6 header, in a frame with two tags. */
  private void fragmentsBehindTwoTags() {
    int base = SECOND_TAG;
    String following = field(base + 320, 8);
    chain(
        "v6_fragment_q",
        field(base + 32, 16) + " < 8 " + pass(Reason.MALFORMED),
        field(base + 336, 13) + " != 0 goto v6_later_q",
        following + " 44 " + pass(Reason.MALFORMED),
        following + " { 0, 43, 60 } " + pass(Reason.TOO_MANY_HEADERS),
        following
            + " vmap { 17 : goto v6_48_udp_q, 50 : goto v6_48_esp_q, 51 : goto v6_48_ah_q, 58 : goto v6_48_icmp_q }",
        following + " >= 0 " + pass(Reason.NOT_IPSEC),
        pass(Reason.MALFORMED));
    chain(
        "v6_later_q",
        following + " { 50, 51 } goto v6_later_fragment_q",
        following + " { 17, 60 } " + steer(V6, V6.source(base), Reason.LATER_FRAGMENT),
        following + " { 17, 60 } " + pass(Reason.UNKNOWN_FRAGMENT),
        pass(Reason.NOT_IPSEC));
    transportChains(V6, "v6_48", "_q", field(base + 32, 16) + " < ", 8, base + 384);
    icmpV6(base, "v6_48", 8);
  }

  /** UDP, ESP and AH at a fixed place, in a packet whose length is checked by {@code shorter}. */
  private void transportChains(
      Family family, String name, String q, String shorter, int before, int at) {
    String steer = family.name() + "_";
    chain(
        name + "_udp" + q,
        shorter + (before + 8) + " " + pass(Reason.MALFORMED),
        field(at + 32, 16) + " < 8 " + pass(Reason.MALFORMED),
        field(at + 16, 16)
            + " vmap { 500 : goto %1$sike%2$s, 4500 : goto %1$snat_traversal%2$s }"
                .formatted(steer, q),
        field(at + 16, 16) + " >= 0 " + pass(Reason.NOT_IPSEC),
        pass(Reason.MALFORMED));
    chain(
        name + "_esp" + q,
        shorter + (before + 8) + " " + pass(Reason.MALFORMED),
        field(at + 56, 8) + " >= 0 goto " + steer + "esp" + q,
        pass(Reason.MALFORMED));
    chain(
        name + "_ah" + q,
        shorter + (before + 12) + " " + pass(Reason.MALFORMED),
        field(at + 88, 8) + " >= 0 goto " + steer + "ah" + q,
        pass(Reason.MALFORMED));
  }

  /** IPv6 with extension headers, where the kernel says what follows them and where. */
  private void extensionHeaders() {
    chain(
        "v6_more",
        "@nh,32,16 < 8 " + pass(Reason.MALFORMED),
        "ip6 nexthdr != 0 exthdr hbh exists " + pass(Reason.MALFORMED),
        "hbh nexthdr 0 " + pass(Reason.MALFORMED),
        "frag frag-off != 0 goto v6_later",
        "frag nexthdr 44 " + pass(Reason.MALFORMED),
        "meta l4proto vmap { 17 : goto v6_more_udp, 50 : goto v6_more_esp, 51 : goto v6_more_ah, 58 : goto v6_more_icmp }",
        VALID + " " + pass(Reason.NOT_IPSEC),
        pass(Reason.MALFORMED));
    chain(
        "v6_later",
        "frag nexthdr 50 " + VALID + " goto v6_later_fragment",
        "frag nexthdr 51 goto v6_later_fragment", // the kernel looks no further, as with 60
        "frag nexthdr { 17, 60 } " + steer(V6, V6.source(0), Reason.LATER_FRAGMENT),
        "frag nexthdr { 17, 60 } " + pass(Reason.UNKNOWN_FRAGMENT),
        VALID + " " + pass(Reason.NOT_IPSEC),
        pass(Reason.MALFORMED));
    chain(
        "v6_more_udp",
        "@th,32,16 < 8 " + pass(Reason.MALFORMED),
        "@th,16,16 vmap { 500 : goto v6_ike, 4500 : goto v6_nat_traversal }",
        "@th,48,16 >= 0 " + pass(Reason.NOT_IPSEC),
        pass(Reason.MALFORMED));
    chain("v6_more_esp", "@th,56,8 >= 0 goto v6_esp", pass(Reason.MALFORMED));
    chain("v6_more_ah", "@th,88,8 >= 0 goto v6_ah", pass(Reason.MALFORMED));
    chain(
        "v6_more_icmp",
        "@th,56,8 >= 0 @th,0,8 != 1-4 " + pass(Reason.ICMP_OTHER),
        "@th,64,4 != 6 " + pass(Reason.MALFORMED),
        V6.destination(0) + " . @th,128,128 @quoted6 @th,256,128 >= 0 goto v6_more_quoted",
        "@th,256,128 >= 0 " + pass(Reason.ICMP_NOT_OURS),
        pass(Reason.MALFORMED));
    chain(
        "v6_more_quoted",
        steer(V6, "@th,256,128", Reason.ICMP_ERROR),
        count(Reason.UNKNOWN_PEER),
        "update @missed6 { @th,256,128 }",
        onMiss);
  }

  /** A chain for each reason to look the source up, and what follows if it is not found. */
  private void steerChains(Family family, int base) {
    String q = suffix(base);
    for (Reason reason :
        List.of(Reason.IKE, Reason.NAT_TRAVERSAL, Reason.ESP, Reason.AH, Reason.LATER_FRAGMENT)) {
      chain(
          family.name() + "_" + reason.name().toLowerCase(Locale.ROOT) + q,
          steer(family, family.source(base), reason),
          "goto " + family.name() + "_missed" + q);
    }
    chain(
        family.name() + "_missed" + q,
        count(Reason.UNKNOWN_PEER),
        "update @missed%d { %s }".formatted(family.number(), family.source(base)),
        onMiss);
  }

  // ---- inner ---------------------------------------------------------------------------------

  private void inner(Family family, int base) {
    String q = suffix(base);
    String destination = family.destination(base);
    String found =
        "meta mark set %s map @inner%d %s goto out"
            .formatted(destination, family.number(), count(Reason.INNER_DESTINATION));
    String name = family.name() + q;
    if (base == 0) {
      boolean isV6 = family.number() == 6;
      // A later fragment that begins with an option header has none that the kernel would find.
      String later = "frag frag-off != 0 ";
      chain(
          name,
          VALID + " " + found,
          isV6 ? later + found : VALID + " goto v4_missed",
          isV6 ? VALID + " goto v6_missed" : pass(Reason.MALFORMED),
          isV6 ? later + "goto v6_missed" : "",
          pass(Reason.MALFORMED));
    } else {
      String version = field(base, 8) + (family.number() == 4 ? " 0x45-0x4f " : " 0x60-0x6f ");
      chain(
          name,
          version + found,
          version + destination + " >= 0 goto " + family.name() + "_missed_q",
          pass(Reason.MALFORMED));
    }
    String ranges =
        String.join(
            ", ",
            NOT_ROUTABLE.stream()
                .filter(prefix -> prefix.address().bits() == family.bits())
                .map(Ruleset::range)
                .toList());
    chain(
        family.name() + "_missed" + q,
        destination + " @local" + family.number() + " " + pass(Reason.LOCAL),
        destination + " { " + ranges + " } " + pass(Reason.NOT_ROUTABLE),
        count(Reason.UNKNOWN_DESTINATION),
        "update @missed%d { %s }".formatted(family.number(), destination),
        onMiss);
  }

  // ---- text ----------------------------------------------------------------------------------

  private static String range(IpPrefix prefix) {
    String first = hex(prefix.address().toBytes());
    String last = hex(prefix.last().toBytes());
    return first.equals(last) ? first : first + "-" + last;
  }

  private static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  private static String suffix(int base) {
    return base == 0 ? "" : "_q";
  }

  /** Bits of the packet, counted from the network header. */
  private static String field(int bit, int bits) {
    return "@nh,%d,%d".formatted(bit, bits);
  }

  private static String steer(Family family, String key, Reason reason) {
    return "meta mark set %s map @outer%d %s goto out"
        .formatted(key, family.number(), count(reason));
  }

  private static String count(Reason reason) {
    return "counter name \"" + counter(reason) + "\"";
  }

  private static String pass(Reason reason) {
    return count(reason) + " accept";
  }

  private void chain(String name, String... rules) {
    text.append("  chain ").append(name).append(" {\n");
    for (String rule : rules) {
      if (!rule.isEmpty()) {
        text.append("    ").append(rule).append('\n');
      }
    }
    text.append("  }\n");
  }

  private void line(String declaration) {
    text.append("  ").append(declaration).append('\n');
  }
}
