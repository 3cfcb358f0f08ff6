package org.pointsman.director.dataplane.nftables;

import java.util.Map;

/**
 * Linux's error numbers, as far as nftables and netlink answer with them; alike on all machines.
 */
final class Errno {
  static final int ENOENT = 2;
  static final int EAGAIN = 11;
  static final int ENODEV = 19;
  static final int ENOBUFS = 105;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "EPERM"),
          Map.entry(ENOENT, "ENOENT"),
          Map.entry(4, "EINTR"),
          Map.entry(EAGAIN, "EAGAIN"),
          Map.entry(12, "ENOMEM"),
          Map.entry(16, "EBUSY"),
          Map.entry(17, "EEXIST"),
          Map.entry(ENODEV, "ENODEV"),
          Map.entry(22, "EINVAL"),
          Map.entry(23, "ENFILE"),
          Map.entry(28, "ENOSPC"),
          Map.entry(31, "EMLINK"),
          Map.entry(34, "ERANGE"),
          Map.entry(39, "ENOTEMPTY"),
          Map.entry(90, "EMSGSIZE"),
          Map.entry(93, "EPROTONOSUPPORT"),
          Map.entry(95, "EOPNOTSUPP"),
          Map.entry(97, "EAFNOSUPPORT"),
          Map.entry(ENOBUFS, "ENOBUFS"));

  private Errno() {}

  /** Its name, and what helps against it. */
  static String explain(int errno) {
    String name = NAMES.getOrDefault(errno, "errno " + errno);
    return switch (errno) {
      case 1 -> name + "; run as root or with the capability CAP_NET_ADMIN";
      case ENOENT -> name + "; something else removed part of the table: it is made anew";
      case 12, 23 -> name + "; free memory, or use fewer tunnels on this host";
      case 16, 17, 39 -> name + "; something else changed the table: it is compared and put right";
      case ENODEV -> name + "; check the names of --interface and --out";
      case ENOBUFS -> name + "; the table is compared and put right";
      case 90 ->
          name + "; run with CAP_NET_ADMIN in the host's user namespace or raise net.core.wmem_max";
      case 93, 95, 97 ->
          name
              + "; use a kernel of 5.15 or newer with nf_tables, netdev ingress and fwd (CONFIG_NFT_FWD_NETDEV)";
      default -> name + "; see the kernel's log";
    };
  }
}
