package org.pointsman.director.steer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Writes a capture file with nanosecond time stamps (draft-ietf-opsawg-pcap).
 *
 * <p>Not pcap4j's dumper, because that one forgets how long a packet was on the wire when the
 * capture kept only its beginning.
 */
final class PcapWriter implements AutoCloseable {
  private static final int MAGIC_NANOSECONDS = 0xa1b2_3c4d;
  private static final int SNAPSHOT_BYTES = 262_144;

  private final OutputStream out;
  private final ByteBuffer recordHeader = ByteBuffer.allocate(16);

  /** Makes the file, or replaces it. */
  PcapWriter(Path file, LinkType linkType) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    ByteBuffer header = ByteBuffer.allocate(24);
    header.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4);
    header.putInt(0).putInt(0).putInt(SNAPSHOT_BYTES).putInt(linkType.fileNumber());
    out.write(header.array());
  }

  /**
   * Adds a packet.
   *
   * @param wireBytes how long it was on the wire, at least {@code packet.length}
   */
  void write(Instant time, byte[] packet, int wireBytes) throws IOException {
    recordHeader.clear();
    recordHeader.putInt((int) time.getEpochSecond()).putInt(time.getNano());
    recordHeader.putInt(packet.length).putInt(wireBytes);
    out.write(recordHeader.array());
    out.write(packet);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
