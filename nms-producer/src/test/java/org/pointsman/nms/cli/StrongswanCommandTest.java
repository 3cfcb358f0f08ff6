package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StrongswanCommandTest {
  private final FakeDeployment deployment = new FakeDeployment();

  private Run watch(String options) {
    return Run.of(new StrongswanCommand(deployment), "watch " + options);
  }

  @Test
  void anUnknownSocketIsSaid(@TempDir Path folder) {
    Run run = watch("--server rs-1 --vici unix://" + folder.resolve("none"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "expected charon's VICI socket at %s but there is none; is charon running, and is this the socket of its plugins.vici.socket?"
                .formatted(folder.resolve("none")));
    assertThat(deployment.closed).isEqualTo(1);
  }

  /** As for one who is neither root nor of the socket's group. */
  @Test
  void aSocketWithoutLeaveIsSaid(@TempDir Path folder) throws Exception {
    Path socket = folder.resolve("charon.vici");
    String options = "--server rs-1 --vici unix://" + socket;
    String expected =
        "expected leave to use unix://%s but there is none; run as root, or as a user of the socket's group"
            .formatted(socket);
    assertThat(watch(options).err()).contains("but there is none"); // all classes are loaded now
    try (ServerSocketChannel charon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      charon.bind(UnixDomainSocketAddress.of(socket));
      for (String folderRights : List.of("r-x------", "r-xr-xr-x")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(folderRights));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("r--------"));
        Run run = WithoutRights.run(() -> watch(options));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualToIgnoringNewLines(expected);
      }
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aBadAddressIsAUsageError() {
    Run run = watch("--server rs-1 --vici /run/charon.vici");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("expected unix:///run/charon.vici or tcp://HOST:PORT but got");
  }

  @Test
  void badNumbersAreAllNamed() {
    Run run =
        watch("--server rs-1 --takeovers-per-second 5000 --takeover-delay 2h --absent-after 1ms");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("expected 0 to 1,000 takeovers a second but got 5,000")
        .contains("expected a takeover delay of 0 to 1 minute but got PT2H")
        .contains("expected 1 second to 1 day until absent but got PT0.001S");
  }

  @Test
  void theServerMustBeNamed() {
    assertThat(watch("--vici unix:///nowhere").err()).contains("--server");
  }
}
