package org.pointsman.director.dataplane;

import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.PcapDirection;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.RawPacketListener;

/** Where a test sends frames to a director, and where it sees what the director sends. */
public final class VethLink implements AutoCloseable {
  private final PcapHandle send;
  private final PcapHandle receive;
  private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
  private final Thread reader;

  /** Called by a thread of the network namespace with these interfaces. */
  public VethLink(String sendOn, String receiveOn) throws PcapNativeException {
    send = open(sendOn);
    receive = open(receiveOn);
    reader = new Thread(this::read, "receive-" + receiveOn);
    reader.start();
  }

  private static PcapHandle open(String name) throws PcapNativeException {
    return new PcapHandle.Builder(name)
        .snaplen(65_536)
        .bufferSize(64 << 20)
        .immediateMode(true)
        .timeoutMillis(10)
        .direction(PcapDirection.IN)
        .promiscuousMode(PromiscuousMode.PROMISCUOUS)
        .build();
  }

  private void read() {
    // Only what goes to a server: the kernel's own chatter goes elsewhere.
    RawPacketListener listener =
        frame -> {
          if (Arrays.equals(frame, 0, 5, new byte[] {2, 0, 0, 0, 1}, 0, 5)) {
            received.add(frame);
          }
        };
    try {
      receive.loop(-1, listener);
    } catch (InterruptedException broken) {
      Thread.currentThread().interrupt();
    } catch (PcapNativeException | NotOpenException failure) {
      throw new IllegalStateException(failure);
    }
  }

  public void send(byte[] frame) {
    try {
      send.sendPacket(frame);
    } catch (PcapNativeException | NotOpenException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** The frames that went to servers and that nobody has taken yet. */
  public BlockingQueue<byte[]> received() {
    return received;
  }

  @Override
  public void close() {
    try {
      while (reader.isAlive()) {
        receive.breakLoop();
        reader.join(100);
      }
    } catch (NotOpenException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
    send.close();
    receive.close();
  }
}
