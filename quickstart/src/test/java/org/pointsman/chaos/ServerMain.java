package org.pointsman.chaos;

import java.nio.file.Path;
import org.pointsman.quickstart.embedded.EmbeddedBroker;
import org.pointsman.quickstart.embedded.EmbeddedRegistry;

/** An embedded server in a process of its own: says where it listens, and runs until killed. */
final class ServerMain {
  private ServerMain() {}

  /** {@code broker DIRECTORY PORT} or {@code registry BOOTSTRAP_SERVERS PORT}. */
  public static void main(String[] arguments) throws InterruptedException {
    int port = Integer.parseInt(arguments[2]);
    String address =
        switch (arguments[0]) {
          case "broker" -> EmbeddedBroker.start(Path.of(arguments[1]), port).bootstrapServers();
          case "registry" -> EmbeddedRegistry.start(arguments[1], port).url();
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    System.out.println("listens at " + address + ".");
    Thread.currentThread().join();
  }
}
