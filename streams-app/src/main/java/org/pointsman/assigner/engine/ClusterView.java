package org.pointsman.assigner.engine;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * One cluster, for reading. What it returns is a view: read it before the next decision is applied,
 * from the thread that applies them.
 */
public sealed interface ClusterView permits Tables {

  ClusterId cluster();

  /** The last decision's epoch; 0 before the first. */
  long epoch();

  /** What the entities do not tell; see {@link Cursor}. */
  Cursor cursor();

  /** The settings, or {@link ClusterConfig#defaults} while there was no other word. */
  ClusterConfig config();

  /** The tunnel's assignment, or null if it is not announced. */
  @Nullable Assignment assignment(TunnelId tunnel);

  /** The server, or null if it is not registered. */
  @Nullable RealServer server(ServerId server);

  /** All registered servers by name. O(servers). */
  Collection<RealServer> servers();

  /** All assignments by tunnel name, for snapshots and digests. O(tunnels · log tunnels). */
  Collection<Assignment> assignments();

  int serverCount();

  int tunnelCount();

  /** What the server has to carry; nothing if it is not registered. */
  Load load(ServerId server);

  /** The tunnels that the server has. */
  TunnelsInOrder tunnelsOf(ServerId server);

  /** The tunnels whose peers send from this address. */
  TunnelsInOrder tunnelsAt(IpAddress outerAddress);

  /** The tunnel with exactly this inner subnet, or null. */
  @Nullable TunnelId tunnelBehind(IpPrefix innerSubnet);

  /** The tunnels without a server. */
  TunnelsInOrder pending();

  /**
   * The deadlines that have come by then, in their order. If none has, which is the usual answer,
   * it costs O(1).
   */
  List<Deadline> deadlinesUntil(Instant now);
}
