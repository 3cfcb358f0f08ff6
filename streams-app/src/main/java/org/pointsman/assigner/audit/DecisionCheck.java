package org.pointsman.assigner.audit;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.audit.Finding.Kind;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.Decision;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;

/**
 * Holds one decision against everything that stands in another place as well: its cause in {@code
 * events}, its new state in {@code assignments}, its old state in the decision before it, its time
 * in the record's.
 *
 * <p>Where two copies of a state differ, a third decides which was altered. Without one, both
 * decisions are named.
 */
final class DecisionCheck {
  private final Fold state;
  private final String topic;
  private final EpochLog epochs;
  private final LoggedEvents events;
  private final long firstEvent;
  private final LoggedAssignments copies;
  private final Consumer<Finding> findings;
  private int partition = -1;
  private long count;
  private long lastCause = -1;

  /**
   * @param topic the name of the topic of decisions
   * @param firstEvent the first offset that the partition of {@code events} still has
   */
  DecisionCheck(
      Fold state,
      String topic,
      EpochLog epochs,
      LoggedEvents events,
      long firstEvent,
      LoggedAssignments copies,
      Consumer<Finding> findings) {
    this.state = state;
    this.topic = topic;
    this.epochs = epochs;
    this.events = events;
    this.firstEvent = firstEvent;
    this.copies = copies;
    this.findings = findings;
  }

  long count() {
    return count;
  }

  void remember(Recorded record) {
    count++;
    partition = record.place().partition();
    epochs.saw(
        record.epoch(),
        record.place().offset(),
        record.decision().time().toEpochMilli(),
        record.decision().hashCode());
  }

  boolean isSame(Recorded record) {
    return epochs.isSame(record.epoch(), record.decision().hashCode());
  }

  Place place(long epoch) {
    return new Place(topic, partition, epochs.offset(epoch));
  }

  Place place(Recorded record, long epoch) {
    return new Place(topic, record.place().partition(), epochs.offset(epoch));
  }

  /** The record of that epoch in assignments. */
  Place copy(long epoch) {
    return copyAt(copies.offset(epoch));
  }

  Place copyAt(long offset) {
    return new Place(copies.topic(), copies.partition(), offset);
  }

  /**
   * Checks the next decision of the cluster, before it is applied; tells what is wrong with it, or
   * with the one before it of the same entity.
   *
   * @return false if this decision cannot be believed
   */
  boolean check(Recorded record) {
    remember(record);
    Decision decision = record.decision();
    Optional<String> problem =
        ofTheRecord(record)
            .or(() -> ofTheCause(decision))
            .or(() -> DecisionRules.violation(decision))
            .or(() -> ofTheServer(decision));
    if (problem.isPresent()) {
      blame(record, problem.get(), null);
      return false;
    }
    return ofTheCopy(record) && ofTheStateBefore(record);
  }

  private Optional<String> ofTheRecord(Recorded record) {
    Decision decision = record.decision();
    if (!decision.key().toString().equals(record.key())) {
      return Optional.of(
          "expected the record's key to be that of the decision but it is %s"
              .formatted(record.key()));
    }
    if (record.timestamp() >= 0 && record.timestamp() != decision.time().toEpochMilli()) {
      return Optional.of(
          "expected the decision's time %s on its record but it was written with %s"
              .formatted(decision.time(), java.time.Instant.ofEpochMilli(record.timestamp())));
    }
    return Optional.empty();
  }

  private Optional<String> ofTheCause(Decision decision) {
    int caused =
        switch (decision.cause()) {
          case Cause.ByEvent event -> event.partition();
          case Cause.ByTimer timer -> timer.partition();
        };
    if (caused != partition) {
      return Optional.of(
          "expected a cause in partition %d but it is in %d".formatted(partition, caused));
    }
    return switch (decision.cause()) {
      case Cause.ByEvent event -> ofTheEvent(decision, event);
      case Cause.ByTimer timer -> ofTheTimer(decision, timer);
    };
  }

  private Optional<String> ofTheTimer(Decision decision, Cause.ByTimer timer) {
    Set<EventKind> causes = DecisionRules.causes(decision.reason());
    if (timer.due().isAfter(decision.time())) {
      return Optional.of(
          "expected a deadline that has come by %s but it is %s"
              .formatted(decision.time(), timer.due()));
    }
    return causes == null || causes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "expected an event as the cause of %s but it is a deadline"
                .formatted(decision.reason()));
  }

  private Optional<String> ofTheEvent(Decision decision, Cause.ByEvent cause) {
    long offset = cause.offset();
    if (offset >= 0 && offset < firstEvent) {
      return Optional.empty(); // the topic no longer has it
    }
    if (!events.contains(offset)) {
      return Optional.of("expected its cause in events at %d but there is none".formatted(offset));
    }
    if (!decision.cluster().equals(events.cluster(offset))
        || !events.hasId(offset, cause.eventId())) {
      return Optional.of(
          "expected event '%s' of its cluster in events at %d but another one is there"
              .formatted(cause.eventId(), offset));
    }
    if (events.time(offset) != decision.time().toEpochMilli()) {
      return Optional.of(
          "expected the time of its event, %s, but it is %s"
              .formatted(java.time.Instant.ofEpochMilli(events.time(offset)), decision.time()));
    }
    Optional<String> ofTheKind = ofTheKind(decision, offset);
    if (ofTheKind.isEmpty() && offset < lastCause) {
      return Optional.of(
          "expected an event after the one at %d as its cause but it is at %d"
              .formatted(lastCause, offset));
    }
    if (ofTheKind.isEmpty()) {
      lastCause = offset;
      events.markDecided(offset);
    }
    return ofTheKind;
  }

  private Optional<String> ofTheKind(Decision decision, long offset) {
    EventKind kind = events.kind(offset);
    Set<EventKind> causes = DecisionRules.causes(decision.reason());
    boolean isSubject = events.isAbout(offset, decision.key());
    if (causes != null && !causes.contains(kind)) {
      return Optional.of(
          "expected %s as the cause of %s but the event at %d is of kind %s"
              .formatted(
                  causes.isEmpty() ? "a deadline" : causes, decision.reason(), offset, kind));
    }
    if (DecisionRules.isOfTheEventsSubject(decision.reason()) && !isSubject) {
      return Optional.of(
          "expected a decision on what the event at %d is about but it is on %s"
              .formatted(offset, decision.key()));
    }
    Entity after = decision.after();
    boolean isAnother = !(kind == EventKind.ANNOUNCE && isSubject);
    if (isAnother && decision.before() == null && after instanceof Assignment) {
      return Optional.of(
          "expected an announcement of it as the cause of a new tunnel but the event at %d is none"
              .formatted(offset));
    }
    boolean isTold = kind == EventKind.ANNOUNCE || kind == EventKind.SERVER_REGISTER;
    if (after != null && isTold && isSubject && !events.says(offset, after)) {
      return Optional.of(
          "expected what the event at %d says but it is %s"
              .formatted(offset, Fields.differing(after, decision.before())));
    }
    if (isAnother && DecisionRules.changesWhatWasAnnounced(decision)) {
      return Optional.of(
          "expected the addresses, subnets and traffic that were announced but it has others: "
              + Fields.differing(after, decision.before()));
    }
    return Optional.empty();
  }

  void markOutcome(Cause cause) {
    if (cause instanceof Cause.ByEvent event && events.contains(event.offset())) {
      events.markDecided(event.offset());
    }
  }

  private Optional<String> ofTheServer(Decision decision) {
    ServerId id = DecisionRules.newServer(decision);
    RealServer server = id == null ? null : server(decision, id);
    if (id == null || (server != null && server.alive())) {
      return Optional.empty();
    }
    return epochs.isDoubtfulBetween(server == null ? 0 : server.epoch() - 1, decision.epoch())
        ? Optional.empty()
        : Optional.of(
            "expected a server that is registered and not down but it is %s".formatted(id));
  }

  private @Nullable RealServer server(Decision decision, ServerId id) {
    return state.entity(new EntityKey.Server(decision.key().cluster(), id))
            instanceof RealServer real
        ? real
        : null;
  }

  /** The new state stands in assignments as well, until it is compacted away. */
  private boolean ofTheCopy(Recorded record) {
    Decision decision = record.decision();
    Entity after = decision.after();
    long epoch = decision.epoch();
    if (!copies.has(epoch) || (after != null && copies.isCopyOf(epoch, after))) {
      return true;
    }
    blame(
        record,
        "expected what %s has as of this epoch but it is %s"
            .formatted(
                copy(epoch), after == null ? "gone" : Fields.differing(after, decision.before())),
        copy(epoch));
    return false;
  }

  private boolean ofTheStateBefore(Recorded record) {
    Decision decision = record.decision();
    Entity before = decision.before();
    Entity known = state.entity(decision.key());
    if (Objects.equals(before, known) || isExplained(decision, before, known)) {
      return true;
    }
    String difference =
        "expected %s as the state before, as the decisions up to here leave it, but it is %s"
            .formatted(Fields.differing(known, before), Fields.differing(before, known));
    if (before == null || known == null || before.epoch() != known.epoch()) {
      blame(record, difference, known == null ? null : place(known.epoch()));
      return false;
    }
    int vote = vote(decision, before, known);
    if (vote >= 0) {
      blame(record, difference, place(known.epoch()));
    }
    if (vote <= 0) {
      blameEarlier(record, before, known);
    }
    return vote < 0;
  }

  /**
   * Whether the state before was altered or the decision that made it: positive if this one,
   * negative if that one, 0 if that cannot be told.
   */
  private int vote(Decision decision, Entity before, Entity known) {
    long epoch = known.epoch();
    if (copies.has(epoch)) {
      return copies.isCopyOf(epoch, known) ? 1 : copies.isCopyOf(epoch, before) ? -1 : 0;
    }
    return decision.after() == null
        ? 0
        : Fields.resemblance(
            decision.after(), known, before, DecisionRules.mayChange(decision.reason()));
  }

  /** True if a decision that is missing or altered made the state what it is. */
  private boolean isExplained(Decision decision, @Nullable Entity before, @Nullable Entity known) {
    return (before != null && epochs.isDoubtful(before.epoch()))
        || (known != null && epochs.isDoubtful(known.epoch()))
        || ((before == null || known == null)
            && epochs.isDoubtfulBetween(known == null ? 0 : known.epoch(), decision.epoch()));
  }

  private void blameEarlier(Recorded witness, Entity before, Entity known) {
    epochs.doubt(known.epoch(), known.epoch());
    findings.accept(
        new Finding(
            Kind.ALTERED,
            place(known.epoch()),
            state.cluster(),
            known.epoch(),
            "%s: expected %s, which the next decision on it has as the state before, but it is %s"
                .formatted(
                    known.key(), Fields.differing(before, known), Fields.differing(known, before)),
            witness.place()));
  }

  private void blame(Recorded record, String problem, @Nullable Place witness) {
    epochs.doubt(record.epoch(), record.epoch());
    findings.accept(
        new Finding(
            Kind.ALTERED,
            record.place(),
            state.cluster(),
            record.epoch(),
            record.decision().key() + ": " + problem,
            witness));
  }
}
