package org.pointsman.assigner.audit.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Place;
import org.pointsman.assigner.audit.Recorded;
import org.pointsman.model.Cause;
import org.pointsman.model.NetworkEvent;

/** The events that caused decisions, looked up one by one. */
final class Events {
  private final TopicLog log;
  private final String topic;
  private final Map<Place, @Nullable NetworkEvent> found = new HashMap<>();

  Events(TopicLog log) {
    this.log = log;
    this.topic = log.connection().topics().events();
  }

  /** Where the event stands, or null if a deadline was the cause. */
  @Nullable Place place(Recorded record) {
    return record.decision().cause() instanceof Cause.ByEvent event
        ? new Place(topic, event.partition(), event.offset())
        : null;
  }

  /** The event, or null if a deadline was the cause, or it is no longer there. */
  @Nullable NetworkEvent of(Recorded record) {
    Place place = place(record);
    if (place == null) {
      return null;
    }
    if (!found.containsKey(place)) {
      found.put(
          place,
          log.at(List.of(place)).stream()
              .map(TopicLog.Line::value)
              .filter(NetworkEvent.class::isInstance)
              .map(NetworkEvent.class::cast)
              .findFirst()
              .orElse(null));
    }
    return found.get(place);
  }

  /** {@code event pointsman.events-3@16, TunnelUp by nms@host}. */
  String text(Recorded record) {
    return switch (record.decision().cause()) {
      case Cause.ByTimer timer -> "deadline of " + timer.due();
      case Cause.ByEvent cause -> {
        NetworkEvent event = of(record);
        String what =
            event == null
                ? "which is no longer there"
                : event.payload().getClass().getSimpleName() + " by " + event.source();
        yield "event %s '%s', %s".formatted(place(record), cause.eventId(), what);
      }
    };
  }
}
