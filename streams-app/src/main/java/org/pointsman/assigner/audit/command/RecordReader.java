package org.pointsman.assigner.audit.command;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.pointsman.assigner.audit.Finding;
import org.pointsman.assigner.audit.Recorded;
import org.pointsman.assigner.audit.Redecision;
import org.pointsman.assigner.audit.Report;
import org.pointsman.assigner.audit.Verification;
import org.pointsman.model.Cause;
import org.pointsman.model.Decision;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;
import org.pointsman.topics.Topics;

/**
 * Reads all topics for the verification, in the order in which each tells of the next.
 *
 * <p>The assigner may go on meanwhile. So the ends are asked for in that order too: what a director
 * has applied is committed in assignments by then; of each transaction that is committed there, all
 * decisions have been written by then, and are read however long their commit takes. Rejections
 * come last: of each transaction whose decisions were read, all rejections have been written by
 * then.
 */
final class RecordReader {
  private final TopicLog log;
  private final Topics topics;
  private final Progress progress;
  private final int partitions;
  private final Verification verification;
  private Map<TopicPartition, Long> decisionEnds = Map.of();
  private Map<TopicPartition, Long> eventEnds = Map.of();

  RecordReader(TopicLog log, Progress progress) {
    this.log = log;
    this.topics = log.connection().topics();
    this.progress = progress;
    this.partitions = log.partitions();
    this.verification =
        new Verification(
            topics.events(),
            topics.decisions(),
            topics.assignments(),
            cluster -> Topics.partitionOf(cluster, partitions));
  }

  Report verify() {
    readDirectors();
    Map<TopicPartition, Long> assignmentEnds = log.committedEnds(topics.assignments(), partitions);
    Map<TopicPartition, Long> rejectionsFirst = log.committedEnds(topics.rejections(), partitions);
    decisionEnds = log.ends(topics.decisions(), partitions);
    eventEnds = log.ends(topics.events(), partitions);
    Map<TopicPartition, Long> firstEvents = log.begins(topics.events(), partitions);
    Map<TopicPartition, Long> firstRejections = log.begins(topics.rejections(), partitions);
    firstEvents.forEach(
        (partition, first) ->
            verification.begins(
                partition.partition(),
                first,
                firstRejections.getOrDefault(
                    new TopicPartition(topics.rejections(), partition.partition()), 0L)));
    read(topics.assignments(), assignmentEnds, this::assignment);
    read(topics.events(), eventEnds, this::event);
    read(topics.decisions(), decisionEnds, this::decision);
    read(
        topics.rejections(),
        log.ends(topics.rejections(), partitions),
        line -> rejection(line, rejectionsFirst));
    return verification.finish();
  }

  private void read(
      String topic, Map<TopicPartition, Long> ends, Consumer<? super TopicLog.Line> lines) {
    Map<TopicPartition, Long> begins = log.begins(topic, partitions);
    long records =
        ends.entrySet().stream()
            .mapToLong(end -> end.getValue() - begins.getOrDefault(end.getKey(), 0L))
            .sum();
    progress.start(topic, records);
    log.read(
        ends,
        line -> {
          progress.step();
          lines.accept(line);
          return true;
        });
  }

  private void readDirectors() {
    Map<String, TopicLog.Line> latest = new LinkedHashMap<>();
    read(
        topics.directors(),
        log.committedEnds(topics.directors(), partitions),
        line -> {
          if (line.problem() != null) {
            verification.unreadable(line.place(), line.problem());
          } else if (line.value() == null) {
            latest.remove(line.key());
          } else {
            latest.put(String.valueOf(line.key()), line);
          }
        });
    latest
        .values()
        .forEach(
            line -> {
              if (line.value() instanceof DirectorStatus status) {
                verification.director(line.place(), status);
              }
            });
  }

  private void assignment(TopicLog.Line line) {
    if (line.value() instanceof Entity || (line.value() == null && line.problem() == null)) {
      verification.assignment(
          line.place(), line.producersTime(), line.key(), (Entity) line.value());
    } else {
      verification.unreadable(line.place(), problem(line, "an entity"));
    }
  }

  private void event(TopicLog.Line line) {
    NetworkEvent event = line.value() instanceof NetworkEvent known ? known : null;
    verification.event(line.place(), line.time(), event);
  }

  private void decision(TopicLog.Line line) {
    if (line.value() instanceof Decision decision) {
      verification.decision(recorded(line, decision));
    } else {
      verification.unreadableDecision(line.place(), line.key(), problem(line, "a decision"));
    }
  }

  private static Recorded recorded(TopicLog.Line line, Decision decision) {
    return new Recorded(line.place(), line.key(), line.producersTime(), decision);
  }

  private void rejection(TopicLog.Line line, Map<TopicPartition, Long> first) {
    if (line.value() instanceof Rejection rejection) {
      TopicPartition partition = new TopicPartition(line.place().topic(), line.place().partition());
      boolean isCommittedFirst = line.place().offset() < first.getOrDefault(partition, 0L);
      verification.rejection(line.place(), rejection, isCommittedFirst);
    } else {
      verification.unreadableRejection(line.place(), problem(line, "a rejection"));
    }
  }

  private static String problem(TopicLog.Line line, String expected) {
    String problem = line.problem();
    return problem != null
        ? problem
        : "expected %s but got %s"
            .formatted(
                expected, line.value() == null ? "none" : line.value().getClass().getSimpleName());
  }

  /** Decides all that was verified anew, a partition at a time. */
  Redecision redecide(Consumer<Finding> findings) {
    Redecision redecision = new Redecision(verification, findings);
    for (Map.Entry<TopicPartition, Long> end : decisionEnds.entrySet()) {
      if (end.getValue() > 0) {
        redecide(redecision, end.getKey(), end.getValue());
      }
    }
    redecision.finish();
    return redecision;
  }

  /** Decisions wait for their events, which come in the same order. */
  private void redecide(Redecision redecision, TopicPartition partition, long end) {
    TopicPartition events = new TopicPartition(topics.events(), partition.partition());
    progress.start(partition.topic(), end);
    try (TopicLog.Cursor cursor = log.cursor(events, eventEnds.getOrDefault(events, 0L))) {
      log.read(
          Map.of(partition, end),
          line -> {
            progress.step();
            if (line.value() instanceof Decision decision) {
              Recorded record = recorded(line, decision);
              TopicLog.Line event =
                  decision.cause() instanceof Cause.ByEvent by && verification.isFolded(record)
                      ? cursor.at(by.offset())
                      : null;
              redecision.decision(
                  record,
                  event != null && event.value() instanceof NetworkEvent known ? known : null,
                  event == null ? Instant.EPOCH : Instant.ofEpochMilli(event.time()));
            }
            return true;
          });
    }
  }
}
