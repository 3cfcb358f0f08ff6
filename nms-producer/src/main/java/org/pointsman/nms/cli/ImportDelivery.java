package org.pointsman.nms.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pointsman.nms.Acknowledgement;
import org.pointsman.nms.DeliveryException;

/** Which events of an import the log has, and where. Answers come on the client's own thread. */
final class ImportDelivery {
  private final Map<Place, Integer> indexes = new HashMap<>();
  private @Nullable Failure first;

  /** Where an event stands in the events topic. */
  record Place(int partition, long offset) {}

  /**
   * Why an event was not acknowledged.
   *
   * @param index which one, from 0
   */
  record Failure(int index, String sentence) {}

  /**
   * @param index which event, from 0
   * @param acknowledgement where it stands, or null if it failed
   * @param failure why, or null if it did not
   */
  synchronized void answer(
      int index, @Nullable Acknowledgement acknowledgement, @Nullable Throwable failure) {
    if (acknowledgement != null) {
      indexes.put(new Place(acknowledgement.partition(), acknowledgement.offset()), index);
    } else if (first == null) {
      first =
          new Failure(
              index,
              failure instanceof DeliveryException known
                  ? Deliveries.sentence(known)
                  : String.valueOf(failure));
    }
  }

  synchronized boolean isGood() {
    return first == null;
  }

  synchronized int acknowledged() {
    return indexes.size();
  }

  /** The first one that failed. */
  synchronized Optional<Failure> failure() {
    return Optional.ofNullable(first);
  }

  /** Which event stands where. */
  synchronized Map<Place, Integer> indexes() {
    return Map.copyOf(indexes);
  }
}
