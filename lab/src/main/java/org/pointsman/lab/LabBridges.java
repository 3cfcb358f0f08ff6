package org.pointsman.lab;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pointsman.cli.Connection;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.follow.ClusterFollower;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.strongswan.Bridge;
import org.pointsman.nms.strongswan.BridgeSettings;

/** The bridges of a lab, one for each gateway: all of them take over, or none does. */
final class LabBridges implements AutoCloseable {
  private static final Pattern ESTABLISHED =
      Pattern.compile("(\\S+) is established again, on (\\S+)");

  private final List<NmsClient> clients = new ArrayList<>();
  private final List<ClusterNews> news = new ArrayList<>();
  private final List<Bridge> bridges = new ArrayList<>();

  private LabBridges() {}

  /**
   * Starts them.
   *
   * @param isTakingOver call the peers of tunnels that move, or leave it to the peers to notice
   * @param moves is told when a moved tunnel has its keys again
   */
  static LabBridges start(
      LabPlan plan,
      Connection connection,
      Map<Integer, Charon> gateways,
      boolean isTakingOver,
      Moves moves,
      Consumer<String> say)
      throws IOException {
    LabBridges bridges = new LabBridges();
    try {
      for (int gateway : plan.gateways()) {
        Charon charon = Objects.requireNonNull(gateways.get(gateway));
        if (charon.isAlive()) {
          bridges.add(connection, LabPlan.server(gateway), charon, isTakingOver, moves, say);
        }
      }
      return bridges;
    } catch (IOException | RuntimeException failed) {
      bridges.close();
      throw failed;
    }
  }

  private void add(
      Connection connection,
      ServerId server,
      Charon charon,
      boolean isTakingOver,
      Moves moves,
      Consumer<String> say)
      throws IOException {
    BridgeSettings settings = BridgeSettings.of(server);
    String source = "pointsman-strongswan@lab/" + server;
    NmsClient client = NmsClient.connect(connection, NmsSettings.defaults().withSource(source));
    clients.add(client);
    ClusterNews its =
        ClusterFollower.open(
            connection, LabPlan.CLUSTER, bad -> say.accept(String.valueOf(bad.getMessage())));
    news.add(its);
    bridges.add(
        Bridge.start(
            isTakingOver ? settings : settings.withTakeoversPerSecond(0),
            LabPlan.CLUSTER,
            charon.address(),
            its,
            client,
            source,
            line -> {
              Matcher established = ESTABLISHED.matcher(line);
              if (established.matches()) {
                moves.see(
                    Moves.Witness.KEYS,
                    new TunnelId(established.group(1)),
                    new ServerId(established.group(2)));
              }
              say.accept("bridge %s: %s".formatted(server, line));
            },
            InstantSource.system()));
  }

  @Override
  public void close() {
    Uninterrupted.run(this::end);
  }

  private void end() {
    bridges.forEach(Bridge::close);
    news.forEach(ClusterNews::close);
    clients.forEach(NmsClient::close);
    bridges.clear();
    news.clear();
    clients.clear();
  }
}
