package org.pointsman.nms.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pointsman.model.Assignment;
import org.pointsman.model.Decision;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Rejection;
import org.pointsman.model.RejectionCode;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.nms.outcome.Outcome;

/** Counts what became of the events of an import, each once. */
final class ImportOutcomes {
  private static final int MOST_TOLD = 20;

  private final List<InventoryLine> lines;
  private final Map<ImportDelivery.Place, Integer> awaited;
  private final List<String> reasons = new ArrayList<>();
  private int assigned;
  private int updated;
  private int unchanged;
  private int pending;
  private int rejected;

  /** Awaits an outcome for each acknowledged event. */
  ImportOutcomes(List<InventoryLine> lines, ImportDelivery delivery) {
    this.lines = lines;
    this.awaited = new HashMap<>(delivery.indexes());
  }

  /** How many have no outcome yet. */
  int left() {
    return awaited.size();
  }

  /** How many have one. */
  int taken() {
    return assigned + updated + unchanged + pending + rejected;
  }

  int rejected() {
    return rejected;
  }

  /**
   * Takes an outcome. An announce that brings a known tunnel new addresses may move others: only
   * the decision on the announced tunnel counts.
   *
   * @return true if an event was waiting for it
   */
  boolean take(Outcome outcome) {
    ImportDelivery.Place place = new ImportDelivery.Place(outcome.partition(), outcome.offset());
    Integer index = awaited.get(place);
    if (index == null) {
      return false;
    }
    InventoryLine line = lines.get(index);
    switch (outcome) {
      case Outcome.Rejected refused -> count(line, refused.rejection());
      case Outcome.Decided decided -> {
        EntityKey own = new EntityKey.Tunnel(line.cluster(), line.announce().tunnel());
        if (!decided.decision().key().equals(own)) {
          return false;
        }
        count(decided.decision());
      }
    }
    awaited.remove(place);
    return true;
  }

  private void count(Decision decision) {
    if (decision.after() instanceof Assignment after && after.isPending()) {
      pending++;
    } else if (decision.before() == null) {
      assigned++;
    } else {
      updated++;
    }
  }

  private void count(InventoryLine line, Rejection rejection) {
    if (rejection.code() == RejectionCode.NO_CHANGE) {
      unchanged++;
      return;
    }
    rejected++;
    if (rejected <= MOST_TOLD) {
      reasons.add(
          "line %d, %s: %s: %s"
              .formatted(
                  line.line(), line.announce().tunnel(), rejection.code(), rejection.message()));
    }
  }

  /** {@code 9,960 assigned, 40 unchanged}: what there is none of is left out. */
  String summary() {
    return Stream.of(
            part(assigned, "assigned"),
            part(updated, "updated"),
            part(unchanged, "unchanged"),
            part(pending, "pending"),
            part(rejected, "rejected"))
        .filter(part -> !part.isEmpty())
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(", "), text -> text.isEmpty() ? "nothing" : text));
  }

  private static String part(int count, String what) {
    return count == 0 ? "" : Texts.count(count) + " " + what;
  }

  /** Why events were rejected: the first ones, and how many more there are. */
  List<String> rejections() {
    List<String> told = new ArrayList<>(reasons);
    if (rejected > MOST_TOLD) {
      told.add("and " + Texts.count(rejected - MOST_TOLD) + " more rejected");
    }
    return told;
  }
}
