package org.pointsman.director.dataplane.pcap;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.PcapDirection;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.Pcaps;
import org.pcap4j.core.RawPacketListener;
import org.pcap4j.util.LinkLayerAddress;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.FrameSteerer;
import org.pointsman.director.dataplane.Handling;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.packet.Classification;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steers the frames of an interface with libpcap, on one thread.
 *
 * <p>libpcap sees copies: the kernel of the director's host gets every frame too, and nothing here
 * can keep one from it. So a packet that is passed needs nothing to be done, and "drop" cannot be
 * enforced. A host with this plane must not forward packets itself ({@code net.ipv4.ip_forward=0},
 * the same for IPv6), or steered packets go out twice; nor may it have a virtual address, or it
 * answers itself.
 *
 * <p>If the interface fails, the plane opens it again every second until it works. Nothing is
 * steered meanwhile, nor after {@link #close}.
 */
public final class PcapDataPlane implements DataPlane {
  public static final String NAME = "pcap";

  private static final Logger log = LoggerFactory.getLogger(PcapDataPlane.class);

  /** Larger than any frame that segmentation offload hands out. */
  private static final int SNAPSHOT_BYTES = 262_144;

  private static final int BUFFER_BYTES = 16 << 20;
  private static final int READ_TIMEOUT_MILLIS = 10;
  private static final long REOPEN_SECONDS = 1;

  private final PcapSettings settings;
  private final MacAddress directorMac;
  private final boolean promiscuous;
  private final FrameSteerer steerer;
  private final LongAdder sendFailures = new LongAdder();
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable String problem;
  private volatile Handles handles;

  /** The two ends; the same one where frames leave as they came. */
  private record Handles(PcapHandle in, PcapHandle out) {
    void close() {
      if (in.isOpen()) {
        in.close();
      }
      if (out.isOpen()) {
        out.close();
      }
    }
  }

  /**
   * Opens the interfaces; {@link #start} begins to read.
   *
   * @throws PcapPlaneException if libpcap, an interface or the right to open it is missing
   */
  public PcapDataPlane(PlaneSettings plane, PcapSettings settings) {
    Libpcap.require();
    this.settings = settings;
    MacAddress own = settings.directorMac();
    this.directorMac = own != null ? own : macOf(settings.in());
    this.promiscuous = own != null;
    this.handles = open();
    String out = settings.out();
    MacAddress source = out == null ? directorMac : macOf(out);
    this.steerer = new FrameSteerer(plane, directorMac, source);
    this.thread = new Thread(this::run, "pcap-" + settings.in());
  }

  /** The address of the frames that are steered. */
  public MacAddress directorMac() {
    return directorMac;
  }

  @Override
  public String name() {
    return settings.dryRun() ? "dry run" : NAME;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public List<Refusal> update(List<Entry> entries) {
    return steerer.verbs().update(entries);
  }

  @Override
  public void delete(List<Entry.Key> keys) {
    steerer.verbs().delete(keys);
  }

  @Override
  public boolean isEmpty() {
    return steerer.verbs().isEmpty();
  }

  @Override
  public void prune(List<Entry> wanted) {
    steerer.verbs().prune(wanted);
  }

  @Override
  public int lookup(IpAddress address) {
    return steerer.verbs().lookup(address);
  }

  @Override
  public Set<Integer> unresolved() {
    return steerer.verbs().unresolved();
  }

  @Override
  public DataPlaneStats stats() {
    return steerer.stats(sendFailures.sum());
  }

  @Override
  public List<Room> room() {
    return steerer.room();
  }

  @Override
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      while (thread.isAlive()) {
        breakLoop();
        thread.join(100);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return; // the thread may still be reading: leave it its memory
    }
    handles.close();
    steerer.close();
  }

  private void breakLoop() {
    try {
      handles.in().breakLoop();
    } catch (NotOpenException alreadyClosed) {
      log.trace("nothing to break", alreadyClosed);
    }
  }

  // ---- the packet thread ---------------------------------------------------------------------

  private void run() {
    while (closed.getCount() > 0) {
      Handles now = handles;
      try {
        read(now);
      } catch (PcapNativeException | NotOpenException failure) {
        if (closed.getCount() > 0) {
          problem = "interface %s: %s".formatted(settings.in(), failure.getMessage());
          log.warn("{}; opening it again every {} s", problem, REOPEN_SECONDS);
          now.close();
          reopen();
        }
      } catch (InterruptedException loopBroken) {
        // close() broke the loop, or libpcap did on a signal: the condition above decides
        log.trace("loop broken", loopBroken);
      }
    }
  }

  private void read(Handles now)
      throws PcapNativeException, NotOpenException, InterruptedException {
    Classification scratch = new Classification();
    PcapHandle out = now.out();
    RawPacketListener listener =
        frame -> {
          Handling handling = steerer.handle(frame, 0, frame.length, scratch);
          if (handling == Handling.SEND && !settings.dryRun()) {
            send(out, frame);
          }
        };
    now.in().loop(-1, listener);
  }

  private void send(PcapHandle out, byte[] frame) {
    try {
      out.sendPacket(frame);
    } catch (PcapNativeException | NotOpenException failure) {
      sendFailures.increment();
      log.debug("frame of {} bytes not sent", frame.length, failure);
    }
  }

  private void reopen() {
    try {
      while (!closed.await(REOPEN_SECONDS, TimeUnit.SECONDS)) {
        try {
          handles = open();
          problem = null;
          log.warn("interface {} is open again", settings.in());
          return;
        } catch (PcapPlaneException still) {
          problem = still.getMessage();
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- opening -------------------------------------------------------------------------------

  private Handles open() {
    PcapHandle in = open(settings.in());
    try {
      // Fewer copies; a VLAN tag stands behind the address, so this holds for tagged frames too.
      in.setFilter("ether dst " + directorMac, BpfCompileMode.OPTIMIZE);
      String out = settings.out();
      return new Handles(in, out == null || out.equals(settings.in()) ? in : openToSend(out));
    } catch (PcapNativeException | NotOpenException failure) {
      in.close();
      throw new PcapPlaneException(
          "expected an Ethernet interface but %s does not take a filter (%s)"
              .formatted(settings.in(), failure.getMessage()),
          failure);
    } catch (PcapPlaneException outFailed) {
      in.close();
      throw outFailed;
    }
  }

  /** An interface of which nothing is to be read: no frame has this type. */
  private PcapHandle openToSend(String name) throws PcapNativeException, NotOpenException {
    PcapHandle out = open(name);
    out.setFilter("ether proto 0xffff", BpfCompileMode.OPTIMIZE);
    return out;
  }

  private PcapHandle open(String name) {
    try {
      return new PcapHandle.Builder(name)
          .snaplen(SNAPSHOT_BYTES)
          .bufferSize(BUFFER_BYTES)
          .timeoutMillis(READ_TIMEOUT_MILLIS)
          .immediateMode(true)
          .direction(PcapDirection.IN)
          .promiscuousMode(
              promiscuous ? PromiscuousMode.PROMISCUOUS : PromiscuousMode.NONPROMISCUOUS)
          .build();
    } catch (PcapNativeException failure) {
      throw new PcapPlaneException(
          "expected to open interface %s but got '%s'; check its name, that it is up, and that this process may open raw sockets (root, or capability NET_RAW)"
              .formatted(name, failure.getMessage()),
          failure);
    }
  }

  /** By libpcap, because the JDK does not see interfaces that have no IP address. */
  private static MacAddress macOf(String name) {
    try {
      PcapNetworkInterface found = Pcaps.getDevByName(name);
      if (found == null) {
        throw new PcapPlaneException(
            "expected an interface but there is no %s here; check its name".formatted(name));
      }
      for (LinkLayerAddress address : found.getLinkLayerAddresses()) {
        byte[] mac = address.getAddress();
        if (mac.length == 6) {
          return MacAddress.parse(HexFormat.ofDelimiter(":").formatHex(mac));
        }
      }
      throw new PcapPlaneException(
          "expected an Ethernet interface but %s has no MAC address; give --director-mac"
              .formatted(name));
    } catch (PcapNativeException failure) {
      throw new PcapPlaneException(
          "expected to learn the MAC address of %s but got '%s'; give --director-mac"
              .formatted(name, failure.getMessage()),
          failure);
    }
  }
}
