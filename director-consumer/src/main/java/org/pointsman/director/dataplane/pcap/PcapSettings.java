package org.pointsman.director.dataplane.pcap;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.MacAddress;

/**
 * Where the pcap data plane reads and writes.
 *
 * @param in the interface that the frames come in on
 * @param out the interface that they leave on, or null for the same
 * @param directorMac the address of the frames to steer, or null for that of {@code in}
 * @param dryRun counts what it would send and sends nothing
 */
public record PcapSettings(
    String in, @Nullable String out, @Nullable MacAddress directorMac, boolean dryRun) {
  /** One that sends what it steers. */
  public PcapSettings(String in, @Nullable String out, @Nullable MacAddress directorMac) {
    this(in, out, directorMac, false);
  }
}
