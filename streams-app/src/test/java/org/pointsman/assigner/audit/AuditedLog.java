package org.pointsman.assigner.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pointsman.assigner.engine.RandomLog;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DirectorStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.Rejection;

/** The topics of one cluster in lists, to be tampered with and then audited. */
final class AuditedLog {
  static final ClusterId CLUSTER = new ClusterId("c1");
  static final int PARTITION = 3;

  /** A record of assignments. */
  record Put(long time, String key, @Nullable Entity entity) {}

  /** A record of events; the event is null if the bytes are none. */
  record Logged(long time, @Nullable NetworkEvent event) {}

  final List<Logged> events = new ArrayList<>();
  final List<Recorded> decisions = new ArrayList<>();
  final List<Put> assignments = new ArrayList<>();
  final List<Rejection> rejections = new ArrayList<>();
  final List<DirectorStatus> directors = new ArrayList<>();
  final Set<Place> unreadable = new HashSet<>();
  long firstRejection;
  long rejectionsCommittedFirst = Long.MAX_VALUE;

  static AuditedLog random(long seed, int steps) {
    return of(new RandomLog(CLUSTER, PARTITION, seed).steps(steps));
  }

  static AuditedLog of(RandomLog log) {
    AuditedLog audited = new AuditedLog();
    for (RandomLog.Entry entry : log.entries()) {
      audited.events.add(new Logged(entry.time().toEpochMilli(), entry.event()));
      var rejected = entry.rejected();
      if (rejected != null) {
        audited.rejections.add(
            new Rejection(
                CLUSTER,
                PARTITION,
                entry.offset(),
                entry.event(),
                null,
                0,
                rejected.code(),
                rejected.message(),
                entry.time()));
      }
    }
    log.decisions().forEach(audited::add);
    return audited;
  }

  private void add(Decision decision) {
    decisions.add(recorded(decisions.size(), decision));
    assignments.add(
        new Put(decision.time().toEpochMilli(), decision.key().toString(), decision.after()));
  }

  static Recorded recorded(long offset, Decision decision) {
    return new Recorded(
        decisionAt(offset), decision.key().toString(), decision.time().toEpochMilli(), decision);
  }

  static Place decisionAt(long offset) {
    return new Place("decisions", PARTITION, offset);
  }

  /** As Kafka leaves a compacted topic: the last record of each key. */
  AuditedLog compacted() {
    Map<String, Put> latest = new HashMap<>();
    assignments.forEach(put -> latest.put(put.key(), put));
    assignments.removeIf(put -> !put.equals(latest.get(put.key())));
    return this;
  }

  private Verification verified() {
    Verification verification =
        new Verification("events", "decisions", "assignments", _ -> PARTITION);
    verification.begins(PARTITION, 0, firstRejection);
    for (DirectorStatus status : directors) {
      verification.director(new Place("directors", PARTITION, 0), status);
    }
    for (int i = 0; i < assignments.size(); i++) {
      Put put = assignments.get(i);
      verification.assignment(
          new Place("assignments", PARTITION, i), put.time(), put.key(), put.entity());
    }
    for (int i = 0; i < events.size(); i++) {
      Logged event = events.get(i);
      verification.event(new Place("events", PARTITION, i), event.time(), event.event());
    }
    for (Recorded record : decisions) {
      if (unreadable.contains(record.place())) {
        verification.unreadableDecision(record.place(), record.key(), "expected a decision but");
      } else {
        verification.decision(record);
      }
    }
    for (int i = 0; i < rejections.size(); i++) {
      verification.rejection(
          new Place("rejections", PARTITION, i), rejections.get(i), i < rejectionsCommittedFirst);
    }
    return verification;
  }

  Report verify() {
    return verified().finish();
  }

  /** What deciding anew finds when the verification has found what it can. */
  List<Finding> redecide() {
    Verification verification = verified();
    Report _ = verification.finish();
    List<Finding> findings = new ArrayList<>();
    Redecision redecision = new Redecision(verification, findings::add);
    for (Recorded record : decisions) {
      Logged event = event(record.decision().cause());
      redecision.decision(
          record,
          event == null ? null : event.event(),
          event == null ? Instant.EPOCH : Instant.ofEpochMilli(event.time()));
    }
    redecision.finish();
    return findings;
  }

  private @Nullable Logged event(Cause cause) {
    return cause instanceof Cause.ByEvent by && by.offset() >= 0 && by.offset() < events.size()
        ? events.get((int) by.offset())
        : null;
  }
}
