package org.pointsman.director;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;

/** What a director takes from the host that it runs on, unless it is told otherwise. */
final class ThisHost {
  /** Linux: the name without asking a name server. */
  private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

  private ThisHost() {}

  /** Its name; {@code localhost} if it has none. */
  static String name() {
    try {
      String name = Files.isReadable(KERNEL_NAME) ? Files.readString(KERNEL_NAME).strip() : "";
      return name.isEmpty() ? InetAddress.getLocalHost().getHostName() : name;
    } catch (UnknownHostException withoutName) {
      return "localhost";
    } catch (IOException unreadable) {
      return "localhost";
    }
  }

  /**
   * The addresses of all its interfaces, sorted.
   *
   * @throws InvalidValueException if the system does not tell
   */
  static List<IpAddress> addresses() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .map(address -> IpAddress.of(address.getAddress()))
          .distinct()
          .sorted()
          .toList();
    } catch (SocketException untold) {
      throw (InvalidValueException)
          new InvalidValueException(
                  "expected to learn this host's addresses but got '%s'; give --local-address"
                      .formatted(untold.getMessage()))
              .initCause(untold);
    }
  }
}
