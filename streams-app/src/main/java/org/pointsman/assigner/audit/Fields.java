package org.pointsman.assigner.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Entity;
import org.pointsman.model.RealServer;

/** Entities field by field, under the names that their schemas give the fields. */
public final class Fields {
  static final String EPOCH = "epoch";

  private static final List<String> TUNNEL =
      List.of(
          "server",
          "state",
          "outerAddresses",
          "innerSubnets",
          "expectedBitsPerSecond",
          "pinned",
          "stateSince",
          "deadline",
          "order",
          EPOCH);
  private static final List<String> SERVER =
      List.of(
          "address",
          "mac",
          "weight",
          "maxTunnels",
          "maxBitsPerSecond",
          "alive",
          "draining",
          "drainDeadline",
          EPOCH);
  private static final List<String> CONFIG =
      List.of("policy", "virtualAddresses", "linger", "announceTimeout", "drainDeadline", EPOCH);

  private Fields() {}

  /** Their names, in the order of {@link #values}. */
  static List<String> names(Entity entity) {
    return switch (entity) {
      case Assignment _ -> TUNNEL;
      case RealServer _ -> SERVER;
      case ClusterConfig _ -> CONFIG;
    };
  }

  private static @Nullable Object[] values(Entity entity) {
    return switch (entity) {
      case Assignment tunnel ->
          new @Nullable Object[] {
            tunnel.server(),
            tunnel.state(),
            tunnel.outerAddresses(),
            tunnel.innerSubnets(),
            tunnel.expectedBitsPerSecond(),
            tunnel.pinned(),
            tunnel.stateSince(),
            tunnel.deadline(),
            tunnel.order(),
            tunnel.epoch()
          };
      case RealServer server ->
          new @Nullable Object[] {
            server.address(),
            server.mac(),
            server.weight(),
            server.maxTunnels(),
            server.maxBitsPerSecond(),
            server.alive(),
            server.draining(),
            server.drainDeadline(),
            server.epoch()
          };
      case ClusterConfig config ->
          new @Nullable Object[] {
            config.policy(),
            config.virtualAddresses(),
            config.linger(),
            config.announceTimeout(),
            config.drainDeadline(),
            config.epoch()
          };
    };
  }

  /** The names of the fields in which two states of one entity differ; the epoch is none. */
  static List<String> changed(Entity before, Entity after) {
    @Nullable Object[] old = values(before);
    @Nullable Object[] now = values(after);
    List<String> changed = new ArrayList<>(4);
    for (int i = 0; i < now.length - 1; i++) {
      if (!Objects.equals(old[i], now[i])) {
        changed.add(names(after).get(i));
      }
    }
    return changed;
  }

  /** The fields of {@code shown} in which it is not as {@code other}: {@code server rs-2}. */
  public static String differing(@Nullable Entity shown, @Nullable Entity other) {
    if (shown == null) {
      return "none";
    }
    if (other == null || !other.key().equals(shown.key())) {
      return text(shown);
    }
    List<String> differing = changed(other, shown);
    return shown.epoch() == other.epoch()
        ? text(shown, differing::contains)
        : text(shown, name -> differing.contains(name) || name.equals(EPOCH));
  }

  /** All fields in one line. */
  public static String text(Entity entity) {
    return text(entity, _ -> true);
  }

  private static String text(Entity entity, Predicate<String> isShown) {
    List<String> names = names(entity);
    @Nullable Object[] values = values(entity);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (isShown.test(names.get(i))) {
        texts.add(names.get(i) + " " + (values[i] == null ? "none" : values[i]));
      }
    }
    return texts.isEmpty() ? "the same" : String.join(", ", texts);
  }

  /**
   * Which of two states a third was made from. Fields that were not meant to change are carried
   * over, so where the two differ the third has what the right one has.
   *
   * @param mayChange the names of the fields that tell nothing
   * @return positive for {@code one}, negative for {@code other}, 0 if that cannot be told
   */
  static int resemblance(Entity made, Entity one, Entity other, Set<String> mayChange) {
    int balance = 0;
    List<String> notOne = changed(made, one);
    List<String> notOther = changed(made, other);
    for (String name : changed(one, other)) {
      if (!mayChange.contains(name)) {
        balance += notOne.contains(name) ? 0 : 1;
        balance -= notOther.contains(name) ? 0 : 1;
      }
    }
    return balance;
  }
}
