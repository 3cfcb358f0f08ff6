package org.pointsman.quickstart.demo;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerRegister;

/**
 * What the demo plays with.
 *
 * @param home the folder of its state: Kafka's data, the assigner's files
 * @param tunnels how many tunnels to make up, if there is no inventory
 * @param inventory a file of tunnels, or null to make them up
 * @param brokerPort the port to prefer for Kafka, or 0 for any
 * @param registryPort the port to prefer for the schema registry, or 0 for any
 */
public record DemoSettings(
    Path home, int tunnels, @Nullable Path inventory, int brokerPort, int registryPort) {
  static final ClusterId CLUSTER = new ClusterId("default");

  /** Documentation addresses (RFC 5737, RFC 3849): nobody's. */
  static final List<IpAddress> VIRTUAL_ADDRESSES =
      List.of(IpAddress.parse("203.0.113.10"), IpAddress.parse("2001:db8:ffff::10"));

  static final List<ServerRegister> SERVERS =
      List.of(server("rs-1", 11), server("rs-2", 12), server("rs-3", 13));

  static final MacAddress OUTER_DIRECTOR_MAC = MacAddress.parse("02:00:5e:00:00:01");
  static final MacAddress INNER_DIRECTOR_MAC = MacAddress.parse("02:00:5e:00:00:02");
  static final MacAddress ROUTER_MAC = MacAddress.parse("02:00:5e:00:00:fe");

  private static ServerRegister server(String name, int number) {
    return new ServerRegister(
        new ServerId(name),
        IpAddress.parse("198.51.100." + number),
        MacAddress.parse("02:00:5e:00:00:%02x".formatted(number)));
  }
}
