package org.pointsman.nms.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.pointsman.cli.CliException;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.DeliveryException;

/** What the client's answers mean for a command. */
final class Deliveries {
  private Deliveries() {}

  /**
   * Waits for the acknowledgement.
   *
   * @throws DeliveryException if there will be none
   */
  static Acknowledgement await(CompletableFuture<Acknowledgement> answer) {
    try {
      return answer.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof DeliveryException known ? known : failed;
    }
  }

  static CliException failure(DeliveryException failed) {
    return new CliException(sentence(failed));
  }

  static String sentence(DeliveryException failed) {
    return failed.isPerhapsRecorded()
        ? failed.getMessage()
            + " (the log may have the event nevertheless; to send it again does no harm)"
        : String.valueOf(failed.getMessage());
  }
}
