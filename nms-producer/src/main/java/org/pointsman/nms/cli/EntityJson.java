package org.pointsman.nms.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.RealServer;

/** Entities as JSON, under the names that their schemas give the fields; times in ISO 8601. */
final class EntityJson {
  private EntityJson() {}

  static ObjectNode tunnel(Assignment tunnel) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("cluster", tunnel.cluster().value());
    json.put("tunnel", tunnel.tunnel().value());
    json.put("state", tunnel.state().name());
    json.put("server", text(tunnel.server()));
    json.set("outerAddresses", texts(tunnel.outerAddresses()));
    json.set("innerSubnets", texts(tunnel.innerSubnets()));
    json.put("expectedBitsPerSecond", tunnel.expectedBitsPerSecond());
    json.put("pinned", tunnel.pinned());
    json.put("stateSince", tunnel.stateSince().toString());
    json.put("deadline", text(tunnel.deadline()));
    json.put("order", tunnel.order());
    json.put("epoch", tunnel.epoch());
    return json;
  }

  /**
   * @param unresolvedBy the directors that do not know where it is
   */
  static ObjectNode server(RealServer server, ServerLoad load, List<String> unresolvedBy) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("cluster", server.cluster().value());
    json.put("server", server.server().value());
    json.put("state", server.state().name());
    json.put("address", server.address().toString());
    json.put("mac", text(server.mac()));
    json.put("weight", server.weight());
    json.put("maxTunnels", server.maxTunnels());
    json.put("maxBitsPerSecond", server.maxBitsPerSecond());
    json.put("alive", server.alive());
    json.put("draining", server.draining());
    json.put("drainDeadline", text(server.drainDeadline()));
    json.put("epoch", server.epoch());
    json.set("tunnels", load(load));
    json.put("announcedBitsPerSecond", load.bitsPerSecond());
    json.set("unresolvedBy", texts(unresolvedBy));
    return json;
  }

  static ObjectNode cluster(ClusterContents contents) {
    ClusterConfig config = contents.config();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("cluster", config.cluster().value());
    json.put("policy", config.policy().name());
    json.set("virtualAddresses", texts(config.virtualAddresses()));
    json.put("linger", config.linger().toString());
    json.put("announceTimeout", config.announceTimeout().toString());
    json.put("drainDeadline", text(config.drainDeadline()));
    json.put("epoch", config.epoch());
    ObjectNode servers = json.putObject("servers");
    for (RealServer.State state : RealServer.State.values()) {
      servers.put(state.name(), contents.servers(state));
    }
    json.set("tunnels", load(ServerLoad.of(contents.tunnels())));
    json.set("pending", texts(contents.pending().stream().map(Assignment::tunnel).toList()));
    return json;
  }

  private static ObjectNode load(ServerLoad load) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("UP", load.up());
    json.put("ANNOUNCED", load.announced());
    json.put("LINGERING", load.lingering());
    return json;
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static ArrayNode texts(List<?> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(values.size());
    values.forEach(value -> array.add(value.toString()));
    return array;
  }
}
