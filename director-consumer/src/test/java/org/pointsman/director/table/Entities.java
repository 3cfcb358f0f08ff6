package org.pointsman.director.table;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Policy;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

/** Records of the {@code assignments} topic, short. */
public final class Entities {
  public static final ClusterId CLUSTER = new ClusterId("default");

  private Entities() {}

  /**
   * A tunnel that is up.
   *
   * @param server null for a pending tunnel
   * @param outer outer addresses with commas
   * @param inner inner subnets with commas
   */
  public static Assignment tunnel(
      String name, @Nullable String server, String outer, String inner, long epoch) {
    return new Assignment(
        CLUSTER,
        new TunnelId(name),
        TunnelState.UP,
        server == null ? null : new ServerId(server),
        Stream.of(outer.split(",")).map(IpAddress::parse).sorted().toList(),
        Stream.of(inner.split(",")).map(IpPrefix::parse).sorted().toList(),
        0,
        false,
        Instant.EPOCH,
        null,
        1,
        epoch);
  }

  public static RealServer server(String name, @Nullable String mac, long epoch) {
    return new RealServer(
        CLUSTER,
        new ServerId(name),
        IpAddress.parse("198.51.100.1"),
        mac == null ? null : MacAddress.parse(mac),
        1,
        null,
        null,
        true,
        false,
        null,
        epoch);
  }

  public static ClusterConfig config(String virtualAddresses, long epoch) {
    List<IpAddress> addresses =
        Stream.of(virtualAddresses.split(",")).map(IpAddress::parse).sorted().toList();
    return new ClusterConfig(
        CLUSTER,
        Policy.ROUND_ROBIN,
        addresses,
        Duration.ofMinutes(5),
        Duration.ofMinutes(10),
        null,
        epoch);
  }
}
