package org.pointsman.director.dataplane.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.NetworkNamespace;
import org.pointsman.director.dataplane.VethLink;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.GoldenPackets.Golden;

/**
 * A constant stream of numbered packets for two servers, while the director that steers them is
 * killed at every step of its life and started again, with larger tables too: every packet arrives,
 * once, at its own server.
 */
final class XdpRestartIT {
  private static final long BETWEEN_PACKETS_NANOS = 500_000;
  private static final int PACKETS_BETWEEN_STEPS = 400;

  private final NetworkNamespace namespace = new NetworkNamespace();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger sent = new AtomicInteger();
  private @Nullable VethLink link;
  private @Nullable Thread sender;

  /** What arrived: its number, and the server it was sent to. */
  private record Arrival(int number, int server) {}

  private final List<Arrival> arrivals = new ArrayList<>();

  @BeforeEach
  void makeNetwork() throws Exception {
    XdpHost.assumeUsable();
    XdpHost.makeLinks(namespace);
    link = namespace.run(() -> new VethLink("o-peer", "o-server"));
  }

  @AfterEach
  void close() throws Exception {
    ended.set(true);
    if (sender != null) {
      sender.join();
    }
    if (link != null) {
      link.close();
      List<Path> _ = XdpDataPlane.detach(XdpHost.PINS, "outer@it");
      Files.deleteIfExists(XdpHost.PINS);
    }
    namespace.close();
  }

  private VethLink link() {
    return Objects.requireNonNull(link);
  }

  /** A golden packet for a server, whose last four bytes are its number in the stream. */
  private static byte[] packet(int number) {
    int server = 1 + number % 2;
    Golden golden = GoldenPackets.esp(server);
    byte[] frame = golden.frame().toByteArray();
    ByteBuffer.wrap(frame).putInt(frame.length - Integer.BYTES, number);
    return frame;
  }

  private void stream() {
    byte[][] frames = {packet(0), packet(1)};
    while (!ended.get()) {
      int number = sent.get();
      byte[] frame = frames[number % 2].clone();
      ByteBuffer.wrap(frame).putInt(frame.length - Integer.BYTES, number);
      link().send(frame);
      sent.incrementAndGet();
      LockSupport.parkNanos(BETWEEN_PACKETS_NANOS);
    }
  }

  private void takeArrivals() {
    List<byte[]> frames = new ArrayList<>();
    link().received().drainTo(frames);
    for (byte[] frame : frames) {
      int number = ByteBuffer.wrap(frame).getInt(frame.length - Integer.BYTES);
      arrivals.add(new Arrival(number, frame[5]));
    }
  }

  /** So many more packets are sent, by which time whatever is to happen has happened to some. */
  private void awaitMorePackets() {
    int goal = sent.get() + PACKETS_BETWEEN_STEPS;
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> sent.get() >= goal);
  }

  private Process start(int tunnels, String awaited) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        List.of(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            XdpDirectorProcess.class.getName(),
            XdpHost.PINS.toString(),
            String.valueOf(tunnels));
    Process process =
        namespace.run(
            () ->
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    awaitLine(process, awaited);
    return process;
  }

  @SuppressWarnings("resource") // closed with the process
  private static void awaitLine(Process process, String awaited) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1);
    List<String> all = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      all.add(line);
      if (line.startsWith(awaited)) {
        return;
      }
    }
    throw new AssertionError("expected '" + awaited + "' but the process ended after " + all);
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly(); // SIGKILL
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void noPacketIsLostOrMisdirectedWhileTheDirectorIsKilledAndStartedAgain() throws Exception {
    Process first = start(1, "steering");
    sender = new Thread(this::stream, "stream");
    sender.start();
    awaitMorePackets();

    kill(first);
    awaitMorePackets(); // nobody is there, and the kernel steers
    kill(start(1, "loaded"));
    kill(start(70_000, "filled"));
    awaitMorePackets();
    kill(start(70_000, "steering"));
    awaitMorePackets();
    Process asked = start(1, "steering");
    asked.destroy(); // SIGTERM
    assertThat(asked.waitFor(60, TimeUnit.SECONDS)).isTrue();
    awaitMorePackets();
    Process last = start(300_000, "steering");
    awaitMorePackets();
    last.getOutputStream().close();
    assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(last.exitValue()).isZero();
    awaitMorePackets();

    ended.set(true);
    sender.join();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              takeArrivals();
              assertThat(arrivals).hasSizeGreaterThanOrEqualTo(sent.get());
            });
    BitSet numbers = new BitSet();
    arrivals.forEach(arrival -> numbers.set(arrival.number()));
    assertThat(numbers.cardinality()).as("different packets").isEqualTo(sent.get());
    assertThat(arrivals).as("none twice").hasSize(sent.get());
    assertThat(arrivals)
        .as("each to its own server")
        .allMatch(arrival -> arrival.server() == 1 + arrival.number() % 2);
    System.out.printf(
        "%,d packets through seven lives of a director: %,d arrived, 0 misdirected%n",
        sent.get(), arrivals.size());
  }

  /** The capabilities that docs/director.md names are enough, and what is said without them. */
  @Test
  void theseCapabilitiesAreEnough() throws Exception {
    assertThat(runWith("+bpf,+net_admin,+perfmon")).contains("steering");
    assertThat(runWith("+bpf,+net_admin")).contains("for it lacks PERFMON; run it as root or");
    assertThat(runWith("+bpf,+perfmon")).contains("for it lacks NET_ADMIN;");
    assertThat(runWith("+net_admin,+perfmon")).contains("for it lacks BPF;");
  }

  /** What a process with these capabilities and no others says until it steers or ends. */
  private String runWith(String capabilities) throws Exception {
    Files.createDirectories(XdpHost.PINS);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        List.of(
            "setpriv",
            "--bounding-set=-all," + capabilities,
            "--inh-caps=-all",
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            XdpDirectorProcess.class.getName(),
            XdpHost.PINS.toString(),
            "1");
    Process process =
        namespace.run(() -> new ProcessBuilder(command).redirectErrorStream(true).start());
    process.getOutputStream().close(); // so it ends when it steers
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
