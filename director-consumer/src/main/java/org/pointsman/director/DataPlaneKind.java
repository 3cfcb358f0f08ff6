package org.pointsman.director;

/** The data planes that a director can be told to use. */
public enum DataPlaneKind {
  /** Keeps the table and steers what it is handed: nothing, unless the process hands it frames. */
  MEMORY,
  /** Steers the frames of an interface with libpcap. */
  PCAP,
  /** Steers in the Linux kernel, with nftables. */
  NFTABLES,
  /** Steers in the Linux kernel, with an XDP program. */
  XDP
}
