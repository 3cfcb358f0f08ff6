package org.pointsman.director;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pointsman.director.dataplane.NetworkNamespace;
import org.pointsman.director.dataplane.VethLink;
import org.pointsman.director.dataplane.nftables.NftablesDataPlane;
import org.pointsman.director.dataplane.xdp.XdpDataPlane;
import org.pointsman.director.dataplane.xdp.XdpSettings;
import org.pointsman.director.packet.GoldenPackets;

/**
 * A tunnel moves after the last snapshot, the director is killed, and the next one starts while
 * Kafka is away: in all this time the kernel sends the tunnel's packets to its newer server.
 */
final class KilledDirectorIT {
  private static final String NAME = "killed-" + ProcessHandle.current().pid();
  private static final byte[] PACKET = GoldenPackets.esp(1).frame().toByteArray();

  @TempDir private Path snapshots;

  private final NetworkNamespace namespace = new NetworkNamespace();
  private final List<Process> processes = new ArrayList<>();
  private @Nullable VethLink link;

  @BeforeEach
  void makeNetwork() throws Exception {
    Optional<String> impossible = namespace.enter();
    Assumptions.assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    VethLink.makePairs(namespace);
    namespace.command("ethtool -K o-server gro on"); // so that it takes frames from XDP
    link = namespace.run(() -> new VethLink("o-peer", "o-server"));
  }

  @AfterEach
  void end() throws Exception {
    processes.forEach(Process::destroyForcibly);
    if (link != null) {
      link.close();
    }
    List<Path> _ = XdpDataPlane.detach(XdpSettings.PINS, NAME);
    List<String> _ = namespace.run(() -> NftablesDataPlane.detach(NAME));
    namespace.close();
  }

  private Process start(DataPlaneKind plane, String kafka) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            KilledDirectorProcess.class.getName(),
            NAME,
            plane.name(),
            snapshots.toString(),
            kafka);
    Process process =
        namespace.run(
            () ->
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    processes.add(process);
    return process;
  }

  private static void await(Process process, String wanted) throws IOException {
    BufferedReader lines = process.inputReader();
    List<String> all = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      all.add(line);
      if (line.equals(wanted)) {
        return;
      }
    }
    throw new AssertionError("expected '" + wanted + "' but the process ended after " + all);
  }

  /** The server to which the kernel sends the tunnel's packet: the last byte of its address. */
  private int server() throws InterruptedException {
    VethLink through = java.util.Objects.requireNonNull(link);
    through.send(PACKET);
    byte[] frame = through.received().poll(60, TimeUnit.SECONDS);
    assertThat(frame).as("the packet arrives").isNotNull();
    return frame[5];
  }

  @ParameterizedTest
  @EnumSource(names = {"NFTABLES", "XDP"})
  void theNextOneDoesNotTakeBackWhatTheKernelHas(DataPlaneKind plane) throws Exception {
    Process first = start(plane, KilledDirectorProcess.THERE);
    await(first, "kept");
    assertThat(server()).isEqualTo(1);
    first.getOutputStream().write("rs-2\n".getBytes(StandardCharsets.UTF_8));
    first.getOutputStream().flush();
    await(first, "moved");
    assertThat(server()).isEqualTo(2);

    first.destroyForcibly();
    assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server()).as("nobody is there").isEqualTo(2);
    await(start(plane, KilledDirectorProcess.AWAY), "restored");
    assertThat(server()).as("the next one steers without Kafka").isEqualTo(2);
  }
}
