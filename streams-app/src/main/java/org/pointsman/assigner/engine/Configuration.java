package org.pointsman.assigner.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterConfigure;

/**
 * The operator changes the cluster's settings. They hold for what happens from now on: a deadline
 * that was set stays as it was recorded, and no tunnel moves because the policy is another.
 */
final class Configuration {
  private Configuration() {}

  static Outcome.@Nullable Rejected decide(Plan plan, ClusterConfigure event) {
    ClusterConfig before = plan.view().config();
    ClusterConfig after =
        new ClusterConfig(
            before.cluster(),
            event.policy() != null ? event.policy() : before.policy(),
            event.virtualAddresses() != null ? event.virtualAddresses() : before.virtualAddresses(),
            event.linger() != null ? event.linger() : before.linger(),
            event.announceTimeout() != null ? event.announceTimeout() : before.announceTimeout(),
            drainDeadline(before.drainDeadline(), event.drainDeadline()),
            before.epoch());
    if (after.equals(before)) {
      return Refusal.noChange("cluster %s has these settings already".formatted(before.cluster()));
    }
    plan.configure(before, after);
    return null;
  }

  private static @Nullable Duration drainDeadline(
      @Nullable Duration before, @Nullable Duration said) {
    if (said == null) {
      return before;
    }
    return said.isZero() ? null : said;
  }
}
