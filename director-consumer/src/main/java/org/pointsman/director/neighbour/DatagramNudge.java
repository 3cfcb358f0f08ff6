package org.pointsman.director.neighbour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An empty datagram to the discard port (RFC 863): to send it, the kernel has to ask. */
final class DatagramNudge implements LinuxNeighbourResolver.Nudge {
  private static final Logger log = LoggerFactory.getLogger(DatagramNudge.class);
  private static final int DISCARD = 9;

  private @Nullable DatagramChannel channel;

  @Override
  public void nudge(IpAddress address) {
    try {
      DatagramChannel open = channel;
      if (open == null) {
        open = DatagramChannel.open();
        open.configureBlocking(false);
        channel = open;
      }
      InetSocketAddress to =
          new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), DISCARD);
      int _ = open.send(ByteBuffer.allocate(0), to);
    } catch (IOException unsent) {
      log.debug("no datagram to {}", address, unsent);
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
