package org.pointsman.director.steer;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The kinds of capture that can be steered, with the numbers that libpcap gives them in memory
 * (DLT) and in files (LINKTYPE, tcpdump.org/linktypes.html).
 */
enum LinkType {
  ETHERNET("Ethernet", 1, 1, 0, -1),
  RAW_IP("raw IP", 12, 101, 0, -1),
  RAW_IP_BSD("raw IP", 14, 101, 0, -1),
  RAW_IPV4("raw IPv4", 228, 228, 0, -1),
  RAW_IPV6("raw IPv6", 229, 229, 0, -1),
  LOOPBACK("BSD loopback", 0, 0, 4, -1),
  LINUX_COOKED("Linux cooked", 113, 113, 16, 14),
  LINUX_COOKED_2("Linux cooked v2", 276, 276, 20, 0);

  private final String text;
  private final int dlt;
  private final int fileNumber;
  private final int headerBytes;
  private final int etherTypeOffset;

  LinkType(String text, int dlt, int fileNumber, int headerBytes, int etherTypeOffset) {
    this.text = text;
    this.dlt = dlt;
    this.fileNumber = fileNumber;
    this.headerBytes = headerBytes;
    this.etherTypeOffset = etherTypeOffset;
  }

  /** The number that stands in a file. */
  int fileNumber() {
    return fileNumber;
  }

  /** How long the link layer's header is; 0 for Ethernet, where the classifier reads it. */
  int headerBytes() {
    return headerBytes;
  }

  /** Where in that header the EtherType stands; -1 if there is none. */
  int etherTypeOffset() {
    return etherTypeOffset;
  }

  /**
   * The link type with a DLT number.
   *
   * @throws CaptureException if packets of that type cannot be steered
   */
  static LinkType of(int dlt, String name) {
    for (LinkType type : values()) {
      if (type.dlt == dlt) {
        return type;
      }
    }
    String known =
        Arrays.stream(values())
            .map(LinkType::toString)
            .distinct()
            .collect(Collectors.joining(", "));
    throw new CaptureException(
        "expected a capture of link type %s but this one is %s (DLT %d); capture on another interface"
            .formatted(known, name, dlt));
  }

  @Override
  public String toString() {
    return text;
  }
}
