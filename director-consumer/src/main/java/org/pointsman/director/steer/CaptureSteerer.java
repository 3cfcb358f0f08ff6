package org.pointsman.director.steer;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;
import org.pointsman.director.dataplane.pcap.Libpcap;
import org.pointsman.director.packet.Classification;
import org.pointsman.director.packet.Frames;
import org.pointsman.director.packet.PacketClassifier;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.steer.CaptureReport.Missed;
import org.pointsman.director.steer.CaptureReport.Traffic;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;

/**
 * Steers a capture file: writes {@code SERVER.pcap} for each real server that gets packets, {@code
 * passed.pcap} and {@code missed.pcap}, each packet with its time stamp and length on the wire.
 *
 * <p>Ethernet frames to a server are written as a director would send them; packets of captures
 * without Ethernet headers as they are. Whatever libpcap reads is read (pcap and pcapng).
 *
 * <p>Files of these names are replaced; others in the directory stay, and the report names them.
 */
public final class CaptureSteerer {
  private static final String PASSED = "passed";
  private static final String MISSED = "missed";
  private static final String SUFFIX = ".pcap";

  private final SteeringView view;
  private final PacketClassifier classifier;

  public CaptureSteerer(SteeringView view) {
    this.view = view;
    this.classifier = new PacketClassifier(view.table());
  }

  /**
   * Reads a capture and writes its parts.
   *
   * @param directory where to; made if need be
   * @throws CaptureException if the capture cannot be read at all, or a part not written
   * @throws org.pointsman.director.dataplane.pcap.PcapPlaneException if there is no libpcap
   */
  public CaptureReport steer(Path capture, Path directory) {
    Libpcap.require();
    if (!Files.isReadable(capture) || Files.isDirectory(capture)) {
      throw new CaptureException(
          "expected a capture file but %s is none that can be read; check its name and its rights"
              .formatted(capture));
    }
    try (PcapHandle in = open(capture)) {
      DataLinkType dlt = in.getDlt();
      LinkType linkType = LinkType.of(dlt.value(), dlt.name());
      try (Run run = new Run(linkType, capture, directory)) {
        Optional<String> problem = readAll(in, run);
        return run.report(problem);
      }
    } catch (IOException failure) {
      throw new CaptureException(
          "expected to write into %s but got '%s'; check that it is a directory, its rights, and the room there"
              .formatted(directory, failure),
          failure);
    }
  }

  private static PcapHandle open(Path capture) {
    try {
      return Pcaps.openOffline(capture.toString(), TimestampPrecision.NANO);
    } catch (PcapNativeException failure) {
      throw new CaptureException(
          "expected a capture (pcap or pcapng) but %s is none: %s"
              .formatted(capture, failure.getMessage()),
          failure);
    }
  }

  /** Why the end could not be read, or empty. */
  private static Optional<String> readAll(PcapHandle in, Run run) throws IOException {
    try {
      while (true) {
        byte[] packet = in.getNextRawPacketEx();
        Timestamp time = in.getTimestamp();
        Integer wire = in.getOriginalLength();
        run.packet(packet, wire == null ? packet.length : wire, time.toInstant());
      }
    } catch (EOFException end) {
      return Optional.empty();
    } catch (PcapNativeException | TimeoutException | NotOpenException failure) {
      return Optional.of(String.valueOf(failure.getMessage()));
    }
  }

  /** One capture under way. */
  private final class Run implements AutoCloseable {
    private final LinkType linkType;
    private final Path capture;
    private final Path directory;
    private final Classification scratch = new Classification();
    private final Map<String, PcapWriter> writers = new HashMap<>();
    private final TreeSet<String> filesBefore = new TreeSet<>();
    private final TreeMap<ServerId, Traffic> servers = new TreeMap<>();
    private final TreeMap<Reason, Long> passed = new TreeMap<>();
    private final Map<IpAddress, Long> missed = new HashMap<>();
    private final Set<ServerId> withoutMac = new TreeSet<>();
    private long packets;

    Run(LinkType linkType, Path capture, Path directory) throws IOException {
      this.linkType = linkType;
      this.capture = capture;
      this.directory = directory;
      Files.createDirectories(directory);
      try (Stream<Path> present = Files.list(directory)) {
        present.forEach(file -> filesBefore.add(file.getFileName().toString()));
      }
      writer(PASSED);
      writer(MISSED);
    }

    void packet(byte[] packet, int wireBytes, Instant time) throws IOException {
      packets++;
      classify(packet, wireBytes);
      String to =
          switch (scratch.verdict()) {
            case STEER -> steered(packet, wireBytes);
            case PASS -> {
              passed.merge(scratch.reason(), 1L, Long::sum);
              yield PASSED;
            }
            case MISS -> {
              missed.merge(scratch.key(), 1L, Long::sum);
              yield MISSED;
            }
          };
      writer(to).write(time, packet, wireBytes);
    }

    private void classify(byte[] packet, int wireBytes) {
      if (linkType == LinkType.ETHERNET) {
        classifier.classifyFrame(packet, 0, packet.length, wireBytes, view.context(), scratch);
        return;
      }
      int skip = Math.min(linkType.headerBytes(), packet.length);
      int captured = packet.length - skip;
      int typeAt = linkType.etherTypeOffset();
      if (typeAt < 0 || captured == 0) {
        classifier.classifyIp(packet, skip, captured, wireBytes - skip, view.context(), scratch);
      } else {
        int etherType = ((packet[typeAt] & 0xff) << 8) | (packet[typeAt + 1] & 0xff);
        classifier.classifyPayload(
            etherType, packet, skip, captured, wireBytes - skip, view.context(), scratch);
      }
    }

    /** Counts and rewrites a packet; the name of the file that it goes to. */
    private String steered(byte[] packet, int wireBytes) {
      ServerId server = view.serverName().apply(scratch.server());
      servers.merge(
          server,
          new Traffic(1, wireBytes),
          (a, b) -> new Traffic(a.packets() + b.packets(), a.bytes() + b.bytes()));
      if (linkType == LinkType.ETHERNET) {
        long mac = view.table().serverMac(scratch.server());
        MacAddress director = view.context().directorMac();
        if (mac == 0) {
          withoutMac.add(server);
        } else {
          Frames.redirect(packet, 0, mac, director == null ? 0 : director.bits());
        }
      }
      return fileOf(server);
    }

    /** A server may be called as a file is that is here for something else. */
    private static String fileOf(ServerId server) {
      String name = server.value();
      return name.equals(PASSED) || name.equals(MISSED) ? "server:" + name : name;
    }

    private PcapWriter writer(String name) throws IOException {
      @Nullable PcapWriter open = writers.get(name);
      if (open == null) {
        Path file = directory.resolve(name + SUFFIX);
        if (Files.exists(file) && Files.isSameFile(file, capture)) {
          throw new CaptureException(
              "expected to write %s but that is the capture itself; choose another directory"
                  .formatted(file));
        }
        open = new PcapWriter(file, linkType);
        writers.put(name, open);
      }
      return Objects.requireNonNull(open);
    }

    CaptureReport report(Optional<String> problem) {
      TreeSet<String> files = new TreeSet<>();
      writers.keySet().forEach(name -> files.add(name + SUFFIX));
      List<String> replaced = filesBefore.stream().filter(files::contains).toList();
      List<String> leftAlone = filesBefore.stream().filter(f -> !files.contains(f)).toList();
      List<Missed> missedMostFirst = new ArrayList<>();
      missed.forEach((address, count) -> missedMostFirst.add(new Missed(address, count)));
      missedMostFirst.sort(
          Comparator.comparingLong(Missed::packets).reversed().thenComparing(Missed::address));
      return new CaptureReport(
          view.context().side(),
          packets,
          servers,
          passed,
          missedMostFirst,
          List.copyOf(files),
          replaced,
          leftAlone,
          List.copyOf(withoutMac),
          problem);
    }

    @Override
    public void close() throws IOException {
      IOException first = null;
      for (PcapWriter writer : writers.values()) {
        try {
          writer.close();
        } catch (IOException failure) {
          first = first == null ? failure : first;
        }
      }
      if (first != null) {
        throw first;
      }
    }
  }
}
