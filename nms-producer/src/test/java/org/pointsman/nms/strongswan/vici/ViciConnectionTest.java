package org.pointsman.nms.strongswan.vici;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.model.InvalidValueException;
import org.pointsman.nms.strongswan.vici.ViciValue.Section;

final class ViciConnectionTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  /** Each of these would hang a reader that trusts what it reads. */
  @ParameterizedTest
  @CsvSource({
    "000000020102, a section ends that never began",
    "00000000, it says it has 0",
    "00080001, it says it has 524289",
    "ffffffff, it says it has 4294967295",
    "485454502f312e31, it says it has 1213486160", // HTTP/1.1
    "00000010010301, to answer within 300 ms", // promises 16 bytes and sends three
    "0000, to answer within 300 ms",
    "'', to answer within 300 ms",
    "0000000102, to know the command version",
    "0000000105, but got a EventConfirm",
  })
  void whatIsNoAnswerIsSaidInTime(String hex, String why) throws Exception {
    try (Stranger stranger = new Stranger(HexFormat.of().parseHex(hex));
        ViciConnection connection = ViciConnection.open(stranger.address(), PATIENCE)) {
      assertThatThrownBy(() -> connection.request("version", Section.EMPTY))
          .isInstanceOf(ViciException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void anAnswerOverTcp() throws Exception {
    byte[] answer = HexFormat.of().parseHex("0000000701030161000162");
    try (Stranger stranger = new Stranger(answer);
        ViciConnection connection = ViciConnection.open(stranger.address(), PATIENCE)) {
      assertThat(connection.request("version", Section.EMPTY)).isEqualTo(Section.of("a", "b"));
    }
  }

  @Test
  void noEventIsNoError() throws Exception {
    try (Stranger stranger = new Stranger(new byte[0]);
        ViciConnection connection = ViciConnection.open(stranger.address(), PATIENCE)) {
      assertThat(connection.nextEvent(Duration.ofMillis(10))).isEmpty();
    }
  }

  @Test
  void noSocketIsSaid(@TempDir Path folder) {
    Path socket = folder.resolve("charon.vici");
    assertThatThrownBy(
            () -> ViciConnection.open(ViciAddress.parse("unix://" + socket), PATIENCE).close())
        .isInstanceOf(ViciException.class)
        .hasMessageContaining("expected charon's VICI socket at " + socket + " but there is none");
  }

  @Test
  void aFileThatIsNoSocketIsSaid(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("charon.vici"), "");
    assertThatThrownBy(
            () -> ViciConnection.open(ViciAddress.parse("unix://" + file), PATIENCE).close())
        .isInstanceOf(ViciException.class)
        .hasMessageContaining("expected charon at unix://" + file + " but ");
  }

  @Test
  void nobodyAtThePortIsSaid() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThatThrownBy(
            () ->
                ViciConnection.open(ViciAddress.parse("tcp://127.0.0.1:" + port), PATIENCE).close())
        .isInstanceOf(ViciException.class)
        .hasMessageContaining("expected charon at tcp://127.0.0.1:" + port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/run/charon.vici",
        "unix://",
        "unix://run",
        "tcp://",
        "tcp://h",
        "tcp://h:0",
        "tcp://h:x",
        "tcp://h:70000",
        "http://h:1"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> ViciAddress.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("expected unix:///run/charon.vici or tcp://HOST:PORT but got '%s'", text);
  }

  /** Sends the same bytes to whoever connects, and listens to nothing. */
  private static final class Stranger implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    Stranger(byte[] bytes) throws IOException {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try (Socket client = server.accept()) {
                  client.getOutputStream().write(bytes);
                  while (client.getInputStream().read() >= 0) {} // until it hangs up
                } catch (IOException closed) {
                  return;
                }
              });
    }

    ViciAddress address() {
      return ViciAddress.parse("tcp://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
