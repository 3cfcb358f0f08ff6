package org.pointsman.nms.cli;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.pointsman.cli.Connection;
import org.pointsman.codec.RecordFormatException;
import org.pointsman.model.ClusterId;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.barrier.Steerable;
import org.pointsman.nms.follow.ClusterNews;
import org.pointsman.nms.outcome.Outcomes;

/** What commands need of a deployment; tests have one in memory. */
interface NmsConnector {

  /** See {@link NmsClient#connect}. */
  NmsClient client(Connection connection, NmsSettings settings);

  /** See {@link NmsClient#announceSteerable}. */
  CompletableFuture<Steerable> announce(
      NmsClient client, ClusterId cluster, TunnelAnnounce announce);

  /** The outcomes from now on of the events in {@code partitions}. */
  Outcomes outcomes(
      Connection connection,
      Collection<Integer> partitions,
      Consumer<? super RecordFormatException> bad);

  /** What the assignments topic says of {@code cluster} now. */
  ClusterContents contents(
      Connection connection, ClusterId cluster, Consumer<? super RecordFormatException> bad);

  /** What the directors say now of servers that they do not find. */
  UnresolvedServers unresolved(Connection connection, Consumer<? super RecordFormatException> bad);

  /** What happens in {@code cluster} from now on. */
  ClusterNews news(
      Connection connection, ClusterId cluster, Consumer<? super RecordFormatException> bad);
}
