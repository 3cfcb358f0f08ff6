package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.DeliveryException;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.inventory.Inventory;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.nms.outcome.Outcome;
import org.pointsman.nms.outcome.Outcomes;
import picocli.CommandLine;

/**
 * Publishes an inventory and reports what became of it: first all events, then all outcomes. What
 * is sent and not acknowledged yet takes no more memory than Kafka's client allows, whatever the
 * length of the inventory.
 */
final class TunnelImport {
  private final NmsConnector connector;
  private final EventOptions options;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean showsProgress;

  TunnelImport(
      NmsConnector connector, EventOptions options, CommandLine terminal, boolean showsProgress) {
    this.connector = connector;
    this.options = options;
    this.out = terminal.getOut();
    this.err = terminal.getErr();
    this.showsProgress = showsProgress;
  }

  /**
   * Publishes the good lines.
   *
   * @return the exit code
   * @throws CliException if not all are acknowledged, or the outcomes cannot be read
   */
  int run(Inventory inventory) {
    Connection connection = options.cluster().connection();
    NmsSettings settings = NmsSettings.defaults().withNotices(err::println);
    try (NmsClient client = connector.client(connection, settings)) {
      if (!options.waits()) {
        ImportDelivery _ = publish(client, inventory.lines());
        return Cli.OK;
      }
      List<Integer> partitions =
          inventory.clusters().stream()
              .map(client::partitionOf)
              .distinct()
              .collect(Collectors.toUnmodifiableList());
      try (BadRecords bad = new BadRecords(err);
          Outcomes outcomes = connector.outcomes(connection, partitions, bad)) {
        ImportDelivery delivery = publish(client, inventory.lines());
        return report(decide(outcomes, new ImportOutcomes(inventory.lines(), delivery)));
      }
    } catch (DeliveryException failed) {
      throw Deliveries.failure(failed);
    }
  }

  private ImportDelivery publish(NmsClient client, List<InventoryLine> lines) {
    long start = System.nanoTime();
    ImportDelivery delivery = new ImportDelivery();
    try (Progress progress = Progress.start("published", lines.size(), showsProgress)) {
      for (int i = 0; i < lines.size() && delivery.isGood(); i++) {
        InventoryLine line = lines.get(i);
        CompletableFuture<Acknowledgement> answer = client.send(line.cluster(), line.announce());
        int index = i;
        CompletableFuture<Acknowledgement> _ =
            answer.whenComplete(
                (acknowledgement, failure) -> {
                  delivery.answer(index, acknowledgement, failure);
                  progress.step();
                });
        if (i == 0) {
          client.flush(); // a missing topic or broker shows once, not with every line
        }
      }
      client.flush();
    }
    out.printf(
        "%s of %s acknowledged in %s%n",
        Texts.count(delivery.acknowledged()),
        Texts.count(lines.size(), "event"),
        Texts.seconds(since(start)));
    delivery.failure().ifPresent(failure -> throwIncomplete(lines.get(failure.index()), failure));
    return delivery;
  }

  private static void throwIncomplete(InventoryLine line, ImportDelivery.Failure failure) {
    throw new CliException(
        "line %d: %s. Stopped there; the same import can be repeated"
            .formatted(line.line(), failure.sentence()));
  }

  private ImportOutcomes decide(Outcomes outcomes, ImportOutcomes tally) {
    long start = System.nanoTime();
    long last = start;
    try (Progress progress = Progress.start("decided", tally.left(), showsProgress)) {
      while (tally.left() > 0) {
        Duration patience = options.timeout().minus(since(last));
        if (!patience.isPositive()) {
          break;
        }
        for (Outcome outcome : outcomes.poll(patience)) {
          if (tally.take(outcome)) {
            last = System.nanoTime();
            progress.step();
          }
        }
      }
    } catch (KafkaException unread) {
      throw new CliException(
          "all events are acknowledged but what became of %s of them cannot be read: %s"
              .formatted(Texts.count(tally.left()), unread.getMessage()));
    }
    out.printf(
        "%s decided in %s: %s%n",
        Texts.count(tally.taken()), Texts.seconds(since(start)), tally.summary());
    return tally;
  }

  private int report(ImportOutcomes tally) {
    tally.rejections().forEach(err::println);
    if (tally.left() > 0) {
      throw new CliException(
          "%s acknowledged but not decided, the last %s without any decision; is the assigner running?"
              .formatted(
                  Texts.count(tally.left(), "event") + (tally.left() == 1 ? " is" : " are"),
                  Texts.duration(options.timeout())));
    }
    return tally.rejected() > 0 ? Cli.FAILED : Cli.OK;
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
