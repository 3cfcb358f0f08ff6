package org.pointsman.director.packet;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.table.Entry;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.Side;

/**
 * The contract of {@link PacketClassifier} once more, slowly: every header is cut out into bytes of
 * its own, so that reading behind its end cannot succeed, and the table is a map. Shares no code
 * with what it judges. It knows the addresses and entries of {@link GoldenPackets}.
 */
final class PacketOracle {
  /** What is to become of a frame. */
  record Judgement(Reason reason, int server) {}

  /** A packet ended within one of its headers. */
  private static final class TooShort extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final List<Integer> EXTENSIONS = List.of(0, 43, 44, 60);

  private static final List<IpPrefix> NOT_ROUTABLE =
      Stream.of(
              "0.0.0.0/8",
              "127.0.0.0/8",
              "224.0.0.0/4",
              "169.254.0.0/16",
              "255.255.255.255/32",
              "ff00::/8",
              "fe80::/10",
              "::/127")
          .map(IpPrefix::parse)
          .toList();

  private final Map<IpAddress, Integer> outer = new HashMap<>();
  private final Map<IpPrefix, Integer> inner =
      new TreeMap<>(
          Comparator.comparingInt(IpPrefix::length)
              .reversed()
              .thenComparing(Comparator.naturalOrder()));

  PacketOracle() {
    for (Entry entry : GoldenPackets.entries()) {
      switch (entry) {
        case Entry.Outer(IpAddress address, int server) -> outer.put(address, server);
        case Entry.Inner(IpPrefix prefix, int server) -> inner.put(prefix, server);
        case Entry.Server _, Entry.Virtual _ -> {}
      }
    }
  }

  Judgement judge(Side side, byte[] frame) {
    try {
      byte[] rest = from(frame, 14);
      String destination = HexFormat.ofDelimiter(":").formatHex(frame, 0, 6);
      if (frame[0] % 2 != 0) {
        return pass(Reason.GROUP_FRAME);
      }
      if (!destination.equals(GoldenPackets.DIRECTOR.toString())) {
        return pass(Reason.NOT_ADDRESSED);
      }
      int type = number(frame, 12, 2);
      int tags = 0;
      while (type == 0x8100 || type == 0x88a8) {
        if (++tags > 2) {
          return pass(Reason.TOO_MANY_TAGS);
        }
        type = number(rest, 2, 2);
        rest = from(rest, 4);
      }
      return switch (type) {
        case 0x0800 -> v4(side, rest);
        case 0x86dd -> v6(side, rest);
        default -> pass(Reason.NOT_IP);
      };
    } catch (TooShort cut) {
      return pass(Reason.MALFORMED);
    }
  }

  private Judgement v4(Side side, byte[] bytes) {
    byte[] fixed = first(bytes, 20);
    byte[] packet = first(bytes, number(fixed, 2, 2));
    int headerBytes = 4 * (fixed[0] & 15);
    if (fixed[0] >> 4 != 4 || headerBytes < 20) {
      return pass(Reason.MALFORMED);
    }
    byte[] payload = from(packet, headerBytes);
    IpAddress source = IpAddress.of(Arrays.copyOfRange(fixed, 12, 16));
    IpAddress destination = IpAddress.of(Arrays.copyOfRange(fixed, 16, 20));
    if (side == Side.INNER) {
      return inner(destination);
    }
    if (!GoldenPackets.VIPS.contains(destination)) {
      return pass(Reason.NOT_VIRTUAL);
    }
    int protocol = number(fixed, 9, 1);
    int flagsAndOffset = number(fixed, 6, 2);
    if (flagsAndOffset % 0x2000 != 0) {
      return laterFragment(source, protocol);
    }
    boolean isFirstOfMore = flagsAndOffset / 0x2000 % 2 == 1;
    return protocol == 1
        ? error(payload, List.of(3, 11, 12), 4, 20, destination)
        : transport(source, protocol, payload, isFirstOfMore);
  }

  private Judgement v6(Side side, byte[] bytes) {
    byte[] fixed = first(bytes, 40);
    if (number(fixed, 0, 1) / 16 != 6) {
      return pass(Reason.MALFORMED);
    }
    byte[] rest = first(from(bytes, 40), number(fixed, 4, 2));
    IpAddress source = IpAddress.of(Arrays.copyOfRange(fixed, 8, 24));
    IpAddress destination = IpAddress.of(Arrays.copyOfRange(fixed, 24, 40));
    if (side == Side.INNER) {
      return inner(destination);
    }
    if (!GoldenPackets.VIPS.contains(destination)) {
      return pass(Reason.NOT_VIRTUAL);
    }
    int next = number(fixed, 6, 1);
    boolean fragmented = false;
    boolean more = false;
    for (int headers = 0; EXTENSIONS.contains(next); headers++) {
      if (headers == 8) {
        return pass(Reason.TOO_MANY_HEADERS);
      }
      byte[] header = first(rest, 8);
      if ((next == 0 && headers != 0) || (next == 44 && fragmented)) {
        return pass(Reason.MALFORMED);
      }
      if (next == 44) {
        fragmented = true;
        more = header[3] % 2 != 0;
        if (number(header, 2, 2) / 8 != 0) {
          return laterFragment(source, number(header, 0, 1));
        }
        rest = from(rest, 8);
      } else {
        rest = from(rest, 8 + 8 * number(header, 1, 1));
      }
      next = number(header, 0, 1);
    }
    return next == 58
        ? error(rest, List.of(1, 2, 3, 4), 6, 40, destination)
        : transport(source, next, rest, more);
  }

  private Judgement transport(IpAddress source, int protocol, byte[] bytes, boolean more) {
    Reason reason =
        switch (protocol) {
          case 17 -> {
            byte[] header = first(bytes, 8);
            int length = number(header, 4, 2);
            if (length < 8 || (length > bytes.length && !more)) {
              yield Reason.MALFORMED;
            }
            int port = number(header, 2, 2);
            yield port == 500 ? Reason.IKE : port == 4500 ? Reason.NAT_TRAVERSAL : Reason.NOT_IPSEC;
          }
          case 50 -> first(bytes, 8).length == 8 ? Reason.ESP : Reason.MALFORMED;
          case 51 -> first(bytes, 12).length == 12 ? Reason.AH : Reason.MALFORMED;
          default -> Reason.NOT_IPSEC;
        };
    return reason.verdict() == Verdict.STEER
        ? found(outer.get(source), reason, Reason.UNKNOWN_PEER)
        : pass(reason);
  }

  private Judgement laterFragment(IpAddress source, int protocol) {
    if (protocol == 50 || protocol == 51) {
      return found(outer.get(source), Reason.LATER_FRAGMENT, Reason.UNKNOWN_PEER);
    }
    boolean maybeIke = protocol == 17 || (protocol == 60 && !source.isV4());
    return maybeIke
        ? found(outer.get(source), Reason.LATER_FRAGMENT, Reason.UNKNOWN_FRAGMENT)
        : pass(Reason.NOT_IPSEC);
  }

  private Judgement error(
      byte[] message, List<Integer> errors, int version, int headerBytes, IpAddress destination) {
    byte[] header = first(message, 8);
    if (!errors.contains(number(header, 0, 1))) {
      return pass(Reason.ICMP_OTHER);
    }
    byte[] quoted = first(from(message, 8), headerBytes);
    if (number(quoted, 0, 1) / 16 != version || (version == 4 && (quoted[0] & 15) < 5)) {
      return pass(Reason.MALFORMED);
    }
    int size = version == 4 ? 4 : 16;
    int at = headerBytes - 2 * size;
    if (!IpAddress.of(Arrays.copyOfRange(quoted, at, at + size)).equals(destination)) {
      return pass(Reason.ICMP_NOT_OURS);
    }
    IpAddress peer = IpAddress.of(Arrays.copyOfRange(quoted, at + size, headerBytes));
    return found(outer.get(peer), Reason.ICMP_ERROR, Reason.UNKNOWN_PEER);
  }

  private Judgement inner(IpAddress destination) {
    if (GoldenPackets.LOCAL.contains(destination)) {
      return pass(Reason.LOCAL);
    }
    if (NOT_ROUTABLE.stream().anyMatch(prefix -> prefix.contains(destination))) {
      return pass(Reason.NOT_ROUTABLE);
    }
    Optional<Integer> server =
        inner.entrySet().stream() // longest first
            .filter(entry -> entry.getKey().contains(destination))
            .map(Map.Entry::getValue)
            .findFirst();
    return found(server.orElse(null), Reason.INNER_DESTINATION, Reason.UNKNOWN_DESTINATION);
  }

  private static Judgement found(@Nullable Integer server, Reason ifFound, Reason ifNot) {
    return server == null ? pass(ifNot) : new Judgement(ifFound, server);
  }

  private static Judgement pass(Reason reason) {
    return new Judgement(reason, 0);
  }

  private static int number(byte[] bytes, int at, int count) {
    int value = 0;
    for (byte b : Arrays.copyOfRange(first(bytes, at + count), at, at + count)) {
      value = value * 256 + Byte.toUnsignedInt(b);
    }
    return value;
  }

  private static byte[] first(byte[] bytes, int count) {
    if (bytes.length < count) {
      throw new TooShort();
    }
    return Arrays.copyOf(bytes, count);
  }

  private static byte[] from(byte[] bytes, int at) {
    if (bytes.length < at) {
      throw new TooShort();
    }
    return Arrays.copyOfRange(bytes, at, bytes.length);
  }
}
