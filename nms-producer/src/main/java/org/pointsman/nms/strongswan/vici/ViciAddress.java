package org.pointsman.nms.strongswan.vici;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pointsman.model.InvalidValueException;

/**
 * Where charon listens: {@code unix:///run/charon.vici} or {@code tcp://127.0.0.1:4502}, as in its
 * own settings.
 *
 * @param text as given
 * @param socket the same for the JDK; a host name is not resolved yet
 */
public record ViciAddress(String text, SocketAddress socket) {
  private static final String UNIX = "unix://";
  private static final String TCP = "tcp://";

  /**
   * Reads one.
   *
   * @throws InvalidValueException if it is none
   */
  public static ViciAddress parse(String text) {
    try {
      if (text.startsWith(UNIX + "/")) {
        return new ViciAddress(text, UnixDomainSocketAddress.of(text.substring(UNIX.length())));
      }
      int colon = text.lastIndexOf(':');
      if (text.startsWith(TCP) && colon > TCP.length()) {
        String host = text.substring(TCP.length(), colon).replaceAll("^\\[(.*)]$", "$1");
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port > 0) {
          return new ViciAddress(text, InetSocketAddress.createUnresolved(host, port));
        }
      }
    } catch (IllegalArgumentException bad) {
      throw (InvalidValueException) no(text).initCause(bad);
    }
    throw no(text);
  }

  private static InvalidValueException no(String text) {
    return new InvalidValueException(
        "expected unix:///run/charon.vici or tcp://HOST:PORT but got '%s'".formatted(text));
  }

  /**
   * A channel to it, not connected yet, and the address to connect it to.
   *
   * @throws ViciException if there is no such socket, or no leave to use it
   */
  Target target() throws IOException {
    return switch (socket) {
      case UnixDomainSocketAddress unix -> {
        checkFile(unix.getPath());
        yield new Target(SocketChannel.open(StandardProtocolFamily.UNIX), unix);
      }
      case InetSocketAddress tcp -> {
        InetSocketAddress resolved = new InetSocketAddress(tcp.getHostString(), tcp.getPort());
        if (resolved.isUnresolved()) {
          throw new ViciException(
              "expected a host in %s but there is none of that name; check --vici".formatted(text));
        }
        yield new Target(SocketChannel.open(), resolved);
      }
      default -> throw new AssertionError(socket);
    };
  }

  /** A channel and where it goes. */
  record Target(SocketChannel channel, SocketAddress address) {}

  /** The JDK says of both only "Permission denied" or "No such file", and not of what. */
  private void checkFile(Path path) throws ViciException {
    Path folder = path.getParent();
    if (folder != null && Files.isDirectory(folder) && !Files.isExecutable(folder)) {
      throw new ViciException(noLeave());
    }
    if (!Files.exists(path)) {
      throw new ViciException(
          "expected charon's VICI socket at %s but there is none; is charon running, and is this the socket of its plugins.vici.socket?"
              .formatted(path));
    }
    if (!Files.isWritable(path)) {
      throw new ViciException(noLeave());
    }
  }

  private String noLeave() {
    return "expected leave to use %s but there is none; run as root, or as a user of the socket's group"
        .formatted(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
