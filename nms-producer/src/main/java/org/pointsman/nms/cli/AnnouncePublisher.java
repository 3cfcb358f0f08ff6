package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.DeliveryException;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.barrier.AnnounceRejectedException;
import org.pointsman.nms.barrier.AnnounceTimeoutException;
import org.pointsman.nms.barrier.BarrierSettings;
import org.pointsman.nms.barrier.Steerable;
import picocli.CommandLine;

/** Announces a tunnel and waits until it may speak. */
final class AnnouncePublisher {
  /** Not steerable in time: it may be later. */
  static final int TIMED_OUT = 2;

  private final NmsConnector connector;
  private final PrintWriter out;
  private final PrintWriter err;

  AnnouncePublisher(NmsConnector connector, CommandLine terminal) {
    this.connector = connector;
    this.out = terminal.getOut();
    this.err = terminal.getErr();
  }

  /**
   * Sends it and waits until every live director has its assignment.
   *
   * @return the exit code
   * @throws CliException if it is not acknowledged, is rejected, or is not steerable in time
   */
  int publish(EventOptions options, TunnelAnnounce announce) {
    NmsSettings settings =
        NmsSettings.defaults()
            .withNotices(err::println)
            .withBarrier(new BarrierSettings(options.timeout(), BarrierSettings.DEFAULT_LIVE_FOR));
    try (NmsClient client = connector.client(options.cluster().connection(), settings)) {
      Steerable steerable =
          connector.announce(client, options.cluster().cluster(), announce).join();
      out.printf(
          "%s → %s (%s), steerable: %s of %s after %,d ms%n",
          announce.tunnel(),
          steerable.server(),
          steerable.reason(),
          Texts.count(steerable.directors()),
          Texts.count(steerable.directors(), "live director"),
          steerable.latency().toMillis());
      return Cli.OK;
    } catch (CompletionException failed) {
      throw failure(failed);
    }
  }

  private static RuntimeException failure(CompletionException failed) {
    return switch (failed.getCause()) {
      case AnnounceRejectedException rejected when rejected.code() != null ->
          new CliException("rejected: %s: %s".formatted(rejected.code(), rejected.getMessage()));
      case AnnounceRejectedException released ->
          new CliException(String.valueOf(released.getMessage()));
      case AnnounceTimeoutException late ->
          new CliException(TIMED_OUT, String.valueOf(late.getMessage()));
      case DeliveryException unsent -> Deliveries.failure(unsent);
      case RuntimeException other -> other;
      case null, default -> failed;
    };
  }
}
