package org.pointsman.director.dataplane.nftables;

import java.util.List;
import java.util.Optional;
import org.pointsman.director.packet.GoldenPackets.Golden;

/**
 * Where nftables does not do what the contract says, because it cannot. {@code docs/director.md}
 * tells the same.
 *
 * @param what the packet in words
 * @param isSteered steered where the contract passes it; else passed where the contract steers it
 * @param rows the rows of the contract that it concerns
 */
record NftablesDifference(String what, boolean isSteered, List<String> rows) {
  static final List<NftablesDifference> ALL =
      List.of(
          new NftablesDifference(
              "two VLAN tags, and the IP packet goes on behind the end of its frame",
              true,
              List.of("v4 the last byte cut, two tags", "v6 the last byte cut, two tags")),
          new NftablesDifference(
              "a UDP length beyond its packet",
              true,
              List.of("UDP length beyond the packet", "v6 UDP length beyond the packet")),
          new NftablesDifference(
              "more than eight IPv6 extension headers",
              true,
              List.of(
                  "v6 nine extension headers",
                  "v6 nine extension headers, a later fragment's the last")),
          new NftablesDifference(
              "an IPv6 extension header that goes on behind its packet but not behind the frame",
              true,
              List.of(
                  "v6 payload length within extension header 0",
                  "v6 payload length within extension header 43",
                  "v6 payload length within extension header 60")),
          new NftablesDifference(
              "inner: an IPv6 extension header that goes on behind the frame",
              false,
              List.of(
                  "v6 3 bytes of protocol 0",
                  "v6 nine extension headers, which nobody reads here",
                  "v6 extension header cut, which nobody reads here")));

  static Optional<NftablesDifference> of(Golden golden) {
    return ALL.stream().filter(d -> d.rows().contains(golden.description())).findFirst();
  }

  /** The server that gets its packets: all those of the rows are of the first one's tunnels. */
  int server() {
    return isSteered ? 1 : 0;
  }
}
