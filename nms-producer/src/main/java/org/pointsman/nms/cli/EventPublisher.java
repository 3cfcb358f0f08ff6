package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.Connection;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Event;
import org.pointsman.model.Rejection;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.DeliveryException;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.outcome.Outcome;
import org.pointsman.nms.outcome.Outcomes;
import picocli.CommandLine;

/** Sends one event and prints what becomes of it. */
final class EventPublisher {
  private final NmsConnector connector;
  private final PrintWriter out;
  private final PrintWriter err;

  EventPublisher(NmsConnector connector, CommandLine terminal) {
    this.connector = connector;
    this.out = terminal.getOut();
    this.err = terminal.getErr();
  }

  /**
   * Sends it and, if the options say so, waits for its outcome.
   *
   * @return the exit code
   * @throws CliException if it is not acknowledged, is rejected, or is not decided in time
   */
  int publish(EventOptions options, Event event) {
    Connection connection = options.cluster().connection();
    ClusterId cluster = options.cluster().cluster();
    NmsSettings settings = NmsSettings.defaults().withNotices(err::println);
    try (NmsClient client = connector.client(connection, settings)) {
      if (options.waits()) {
        publishAndWait(client, connection, cluster, event, options);
      } else {
        Acknowledgement answer = Deliveries.await(client.send(cluster, event));
        out.println("acknowledged: " + place(connection, answer));
      }
    } catch (DeliveryException failed) {
      throw Deliveries.failure(failed);
    }
    return Cli.OK;
  }

  private void publishAndWait(
      NmsClient client,
      Connection connection,
      ClusterId cluster,
      Event event,
      EventOptions options) {
    List<Integer> partition = List.of(client.partitionOf(cluster));
    try (BadRecords bad = new BadRecords(err);
        Outcomes outcomes = connector.outcomes(connection, partition, bad)) {
      Acknowledgement answer = Deliveries.await(client.send(cluster, event));
      printOutcome(outcomes, answer, place(connection, answer), options);
    }
  }

  private void printOutcome(
      Outcomes outcomes, Acknowledgement answer, String place, EventOptions options) {
    DecisionReport report = new DecisionReport();
    boolean isDecided;
    try {
      isDecided =
          outcomes.await(
              answer.partition(),
              answer.offset(),
              options.timeout(),
              outcome -> {
                switch (outcome) {
                  case Outcome.Decided decided -> report.add(decided.decision());
                  case Outcome.Rejected rejected -> throw rejected(rejected.rejection());
                }
              });
    } catch (KafkaException unread) {
      throw new CliException(
          "the event is acknowledged (%s) but what became of it cannot be read: %s"
              .formatted(place, unread.getMessage()));
    }
    if (!isDecided) {
      throw new CliException(
          "the event is acknowledged (%s) but was not decided within %s; is the assigner running?"
              .formatted(place, Texts.duration(options.timeout())));
    }
    report.print(out);
  }

  private static CliException rejected(Rejection rejection) {
    return new CliException("rejected: %s: %s".formatted(rejection.code(), rejection.message()));
  }

  /** {@code pointsman.events-3@17}, as Kafka's own tools write it. */
  private static String place(Connection connection, Acknowledgement answer) {
    return "%s-%d@%d".formatted(connection.topics().events(), answer.partition(), answer.offset());
  }
}
