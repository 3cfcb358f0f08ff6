package org.pointsman.assigner.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.TableDigest;

/**
 * Compares what directors say of one cluster's table with what the decisions lead to.
 *
 * <p>A director tells the highest epoch of the records that it has applied. Releases have no epoch
 * of their own in {@code assignments}, and a director that starts late never sees the records that
 * were compacted away; so it may be further than its epoch says, never less far. It is right if its
 * digest is that of the decisions at its epoch or at a later one.
 */
final class DirectorWatch {
  /** A director's word. */
  record Claim(Place place, String director, TableStatus table) {}

  private final List<Claim> open = new ArrayList<>();
  private @Nullable TableDigest digest; // from the least epoch claimed on
  private int confirmed;

  void add(Claim claim) {
    open.add(claim);
    open.sort(Comparator.comparingLong(one -> one.table().epoch()));
  }

  /** The cluster before its first decision. */
  void start(Fold state) {
    look(state);
  }

  /** A decision was applied. */
  void applied(Fold state, @Nullable Entity before, @Nullable Entity after) {
    if (open.isEmpty()) {
      return;
    }
    if (digest != null) {
      if (before instanceof Assignment tunnel) {
        digest.remove(tunnel);
      }
      if (after instanceof Assignment tunnel) {
        digest.add(tunnel);
      }
    }
    look(state);
  }

  private void look(Fold state) {
    if (open.isEmpty() || open.getFirst().table().epoch() > state.epoch()) {
      return;
    }
    if (digest == null) {
      digest = new TableDigest();
      for (Entity entity : state.entities()) {
        if (entity instanceof Assignment tunnel) {
          digest.add(tunnel);
        }
      }
    }
    var value = digest.value();
    int before = open.size();
    open.removeIf(
        claim -> claim.table().epoch() <= state.epoch() && claim.table().digest().equals(value));
    confirmed += before - open.size();
  }

  int confirmed() {
    return confirmed;
  }

  /** Tells of the directors that no moment of the record confirms. */
  void finish(Fold state, Consumer<Finding> findings) {
    for (Claim claim : open) {
      long epoch = claim.table().epoch();
      String message =
          epoch > state.epoch()
              ? "expected decisions up to epoch %d, which director %s has applied, but they end at %d"
                  .formatted(epoch, claim.director(), state.epoch())
              : "expected director %s to hold what the decisions lead to at epoch %d or later but its digest %s is another; start it again to have it read the table anew"
                  .formatted(claim.director(), epoch, claim.table().digest());
      findings.accept(
          new Finding(Finding.Kind.DIRECTOR, claim.place(), state.cluster(), epoch, message, null));
    }
  }
}
