package org.pointsman.director.dataplane.pcap;

import org.pcap4j.core.Pcaps;

/** Whether libpcap is there. */
public final class Libpcap {
  private Libpcap() {}

  /**
   * Loads the library, once.
   *
   * @throws PcapPlaneException with what to install, if it cannot be loaded
   */
  public static void require() {
    try {
      var _ = Pcaps.libVersion();
    } catch (LinkageError missing) { // also what the first failed load leaves behind
      throw new PcapPlaneException(
          "expected libpcap but it cannot be loaded; install it (Debian, Ubuntu: libpcap0.8;"
              + " Fedora, Alpine, macOS: libpcap; Windows: Npcap)",
          missing);
    }
  }
}
