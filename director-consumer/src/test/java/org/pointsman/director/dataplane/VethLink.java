package org.pointsman.director.dataplane;

import java.nio.file.Files;
import java.nio.file.Path;
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

  /**
   * Makes the links of both sides of a test in its namespace, which has been entered.
   *
   * <pre>
   *   outer: test — o-peer ⇄ o-in — director — o-out ⇄ o-server — test
   *   inner: test — i-peer ⇄ i-in — director
   * </pre>
   */
  public static void makePairs(NetworkNamespace namespace) throws Exception {
    namespace.run(
        () -> {
          Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6"), "1");
          Files.writeString(Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6"), "1");
          return null;
        });
    namespace.command("ip link add o-peer type veth peer name o-in address 02:00:00:00:00:01");
    namespace.command("ip link add o-server type veth peer name o-out address 02:00:00:00:00:01");
    namespace.command("ip link add i-peer type veth peer name i-in address 02:00:00:00:00:01");
    for (String name : new String[] {"o-peer", "o-in", "o-server", "o-out", "i-peer", "i-in"}) {
      namespace.command("ip link set " + name + " up");
    }
  }

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
