package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.model.TableDigest;

/** However records are cut into batches, the same table comes out, and it is what they say. */
final class EntityTableProperties {
  /** A record, and whether a batch ends after it. */
  record Step(Entity entity, boolean gone, boolean endsBatch) {}

  @Property(tries = 500)
  void everyBatchSplitGivesTheSameTable(
      @ForAll Side side, @ForAll("histories") List<Step> history) {
    EntityTable atOnce = new EntityTable(Entities.CLUSTER, side);
    atOnce.apply(history.stream().map(EntityTableProperties::change).toList());

    EntityTable split = new EntityTable(Entities.CLUSTER, side);
    Map<Entry.Key, Entry> plane = new HashMap<>();
    List<EntityChange> batch = new ArrayList<>();
    for (Step step : history) {
      batch.add(change(step));
      if (step.endsBatch()) {
        follow(plane, split.apply(batch));
        batch.clear();
      }
    }
    follow(plane, split.apply(batch));

    // What the change sets amount to is what the table says, and the same by name.
    assertThat(plane.values()).containsExactlyInAnyOrderElementsOf(split.entries());
    assertThat(byName(split)).isEqualTo(byName(atOnce));
    assertThat(byName(split)).isEqualTo(naive(side, history));

    TableDigest digest = new TableDigest();
    tunnels(history).values().forEach(digest::add);
    assertThat(split.digest()).isEqualTo(atOnce.digest()).isEqualTo(digest.value());
    assertThat(split.pendingCount())
        .isEqualTo(tunnels(history).values().stream().filter(Assignment::isPending).count());
  }

  @Property(tries = 200)
  void reloadingEqualsStartingAnew(
      @ForAll Side side,
      @ForAll("histories") List<Step> before,
      @ForAll("histories") List<Step> after) {
    EntityTable fresh = new EntityTable(Entities.CLUSTER, side);
    fresh.reload(after.stream().map(EntityTableProperties::change).toList(), 0);
    EntityTable used = new EntityTable(Entities.CLUSTER, side);
    Map<Entry.Key, Entry> plane = new HashMap<>();
    follow(plane, used.apply(before.stream().map(EntityTableProperties::change).toList()));
    follow(plane, used.reload(after.stream().map(EntityTableProperties::change).toList(), 0));
    assertThat(byName(used)).isEqualTo(byName(fresh));
    assertThat(used.digest()).isEqualTo(fresh.digest());
    assertThat(used.epoch()).isEqualTo(fresh.epoch());
    assertThat(plane.values()).containsExactlyInAnyOrderElementsOf(used.entries());
  }

  /** A snapshot at any record, and what comes after it, is the whole. */
  @Property(tries = 100)
  void whatIsKnownAtAnyRecordAndTheRestGiveTheSameTable(
      @ForAll Side side, @ForAll("histories") List<Step> history) {
    List<EntityChange> changes = history.stream().map(EntityTableProperties::change).toList();
    EntityTable whole = new EntityTable(Entities.CLUSTER, side);
    whole.apply(changes);
    for (int cut = 0; cut <= changes.size(); cut++) {
      EntityTable before = new EntityTable(Entities.CLUSTER, side);
      before.apply(changes.subList(0, cut));
      EntityTable after = new EntityTable(Entities.CLUSTER, side);
      Map<Entry.Key, Entry> plane = new HashMap<>();
      follow(plane, after.reload(before.known().stream().map(EntityChange::put).toList(), 0));
      assertThat(after.digest()).isEqualTo(before.digest());
      assertThat(after.known()).containsExactlyInAnyOrderElementsOf(before.known());
      follow(plane, after.apply(changes.subList(cut, changes.size())));
      assertThat(byName(after)).isEqualTo(byName(whole));
      assertThat(after.digest()).isEqualTo(whole.digest());
      assertThat(after.pendingCount()).isEqualTo(whole.pendingCount());
      assertThat(plane.values()).containsExactlyInAnyOrderElementsOf(after.entries());
    }
  }

  private static void follow(Map<Entry.Key, Entry> plane, ChangeSet change) {
    Set<Entry.Key> keys = new HashSet<>(change.deletes());
    for (Entry entry : change.updates()) {
      assertThat(keys.add(entry.key())).as("one change for each key").isTrue();
      switch (entry) {
        case Entry.Outer outer ->
            assertThat(plane).containsKey(new Entry.Key.Server(outer.server()));
        case Entry.Inner inner ->
            assertThat(plane).containsKey(new Entry.Key.Server(inner.server()));
        case Entry.Server _, Entry.Virtual _ -> {}
      }
      assertThat(plane.put(entry.key(), entry))
          .as("an update changes something")
          .isNotEqualTo(entry);
    }
    plane.keySet().removeAll(change.deletes());
  }

  private static Map<Object, ServerId> byName(EntityTable table) {
    Map<Object, ServerId> named = new HashMap<>();
    for (Entry entry : table.entries()) {
      switch (entry) {
        case Entry.Outer outer ->
            named.put(outer.address(), table.serverName(outer.server()).orElseThrow());
        case Entry.Inner inner ->
            named.put(inner.prefix(), table.serverName(inner.server()).orElseThrow());
        case Entry.Server _, Entry.Virtual _ -> {}
      }
    }
    return named;
  }

  private static Map<Object, ServerId> naive(Side side, List<Step> history) {
    Map<Object, ServerId> named = new HashMap<>();
    tunnels(history).values().stream()
        .filter(tunnel -> !tunnel.isPending())
        .sorted(Comparator.comparingLong(Assignment::epoch))
        .forEach(
            tunnel -> {
              List<?> keys = side == Side.OUTER ? tunnel.outerAddresses() : tunnel.innerSubnets();
              keys.forEach(key -> named.put(key, tunnel.server()));
            });
    return named;
  }

  private static Map<EntityKey, Assignment> tunnels(List<Step> history) {
    Map<EntityKey, Assignment> tunnels = new HashMap<>();
    for (Step step : history) {
      if (step.entity() instanceof Assignment assignment) {
        if (step.gone()) {
          tunnels.remove(assignment.key());
        } else {
          tunnels.put(assignment.key(), assignment);
        }
      }
    }
    return tunnels;
  }

  private static EntityChange change(Step step) {
    return step.gone() ? EntityChange.gone(step.entity().key()) : EntityChange.put(step.entity());
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<String> server = Arbitraries.of("rs-1", "rs-2", "rs-3").injectNull(0.1);
    Arbitrary<String> outer =
        Arbitraries.of(
            "192.0.2.1", "192.0.2.2", "192.0.2.1,2001:db8::1", "2001:db8::1,2001:db8::2");
    Arbitrary<String> inner =
        Arbitraries.of("10.0.0.0/24", "10.0.0.0/28,10.0.0.16/28", "10.0.0.0/28", "2001:db8::/64");
    Arbitrary<Step> tunnels =
        Combinators.combine(
                Arbitraries.of("a", "b", "c", "d"), server, outer, inner, flag(0.2), flag(0.4))
            .as(
                (name, on, addresses, subnets, gone, ends) ->
                    new Step(Entities.tunnel(name, on, addresses, subnets, 1), gone, ends));
    Arbitrary<Step> servers =
        Combinators.combine(
                Arbitraries.of("rs-1", "rs-2", "rs-3"),
                Arbitraries.of("02:00:00:00:00:01", "02:00:00:00:00:02").injectNull(0.3),
                flag(0.3),
                flag(0.4))
            .as((name, mac, gone, ends) -> new Step(Entities.server(name, mac, 1), gone, ends));
    return Arbitraries.frequencyOf(Tuple.of(3, tunnels), Tuple.of(1, servers))
        .list()
        .ofMaxSize(40)
        .map(EntityTableProperties::numbered);
  }

  private static Arbitrary<Boolean> flag(double share) {
    int percent = (int) (100 * share);
    return Arbitraries.integers().between(0, 99).map(n -> n < percent);
  }

  /** Gives each record the next epoch, as the assigner does. */
  private static List<Step> numbered(List<Step> steps) {
    List<Step> numbered = new ArrayList<>();
    for (Step step : steps) {
      long epoch = numbered.size() + 1L;
      Entity entity =
          switch (step.entity()) {
            case Assignment a ->
                new Assignment(
                    a.cluster(),
                    a.tunnel(),
                    a.state(),
                    a.server(),
                    a.outerAddresses(),
                    a.innerSubnets(),
                    0,
                    false,
                    a.stateSince(),
                    null,
                    1,
                    epoch);
            case RealServer s ->
                Entities.server(
                    s.server().value(), s.mac() == null ? null : s.mac().toString(), epoch);
            case ClusterConfig c -> c;
          };
      numbered.add(new Step(entity, step.gone(), step.endsBatch()));
    }
    return numbered;
  }
}
