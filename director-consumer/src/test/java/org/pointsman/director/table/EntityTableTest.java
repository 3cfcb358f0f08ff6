package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

final class EntityTableTest {
  private static final IpAddress SHARED = IpAddress.parse("192.0.2.7");

  private final EntityTable outer = new EntityTable(Entities.CLUSTER, Side.OUTER);
  private final EntityTable inner = new EntityTable(Entities.CLUSTER, Side.INNER);

  private static ChangeSet put(EntityTable table, Entity... entities) {
    List<EntityChange> changes = new ArrayList<>();
    for (Entity entity : entities) {
      changes.add(EntityChange.put(entity));
    }
    return table.apply(changes);
  }

  private static ChangeSet gone(EntityTable table, Entity entity) {
    return table.apply(List.of(EntityChange.gone(entity.key())));
  }

  @Test
  void aTunnelBecomesItsAddressesOnOneSideAndItsSubnetsOnTheOther() {
    var tunnel = Entities.tunnel("t", "rs-1", "192.0.2.7,2001:db8::7", "10.1.0.0/28", 1);
    assertThat(put(outer, tunnel).updates())
        .containsExactly(
            new Entry.Server(1, new ServerId("rs-1"), null),
            new Entry.Outer(SHARED, 1),
            new Entry.Outer(IpAddress.parse("2001:db8::7"), 1));
    assertThat(put(inner, tunnel).updates())
        .containsExactly(
            new Entry.Server(1, new ServerId("rs-1"), null),
            new Entry.Inner(IpPrefix.parse("10.1.0.0/28"), 1));
  }

  @Test
  void theEpochOfAReleaseCounts() {
    var tunnel = Entities.tunnel("t", "rs-1", "192.0.2.7", "10.1.0.0/28", 1);
    put(outer, tunnel);
    outer.apply(List.of(EntityChange.gone(tunnel.key(), 2)));
    assertThat(outer.epoch()).isEqualTo(2);
    gone(outer, tunnel); // of a producer that does not tell it
    assertThat(outer.epoch()).isEqualTo(2);
  }

  @Test
  void aNewerAssignmentWithTheSameKeysAndServerChangesNothingButCountsAsNewer() {
    var older = Entities.tunnel("older", "rs-1", "192.0.2.7", "10.1.0.0/28", 1);
    put(outer, older);
    assertThat(put(outer, Entities.tunnel("older", "rs-1", "192.0.2.7", "10.1.0.0/28", 3)))
        .satisfies(changes -> assertThat(changes.updates()).isEmpty())
        .satisfies(changes -> assertThat(changes.deletes()).isEmpty());
    put(outer, Entities.tunnel("other", "rs-2", "192.0.2.7", "10.2.0.0/28", 2));
    assertThat(outer.entries()).contains(new Entry.Outer(SHARED, 1));
  }

  @Test
  void aSharedAddressStaysUntilItsLastTunnelGoes() {
    var one = Entities.tunnel("one", "rs-1", "192.0.2.7,192.0.2.8", "10.1.0.0/28", 1);
    var two = Entities.tunnel("two", "rs-1", "192.0.2.7", "10.2.0.0/28", 2);
    put(outer, one, two);
    assertThat(gone(outer, one).deletes())
        .containsExactly(new Entry.Key.Outer(IpAddress.parse("192.0.2.8")));
    assertThat(gone(outer, two).deletes())
        .containsExactly(new Entry.Key.Outer(SHARED), new Entry.Key.Server(1));
    assertThat(outer.entries()).isEmpty();
  }

  @Test
  void whileTunnelsWithOneAddressMoveTheNewestDecisionCounts() {
    put(
        outer,
        Entities.server("rs-1", null, 1),
        Entities.server("rs-2", null, 2),
        Entities.tunnel("one", "rs-1", "192.0.2.7", "10.1.0.0/28", 3),
        Entities.tunnel("two", "rs-1", "192.0.2.7", "10.2.0.0/28", 4));
    assertThat(put(outer, Entities.tunnel("one", "rs-2", "192.0.2.7", "10.1.0.0/28", 5)).updates())
        .containsExactly(new Entry.Outer(SHARED, 2));
    assertThat(put(outer, Entities.tunnel("two", "rs-2", "192.0.2.7", "10.2.0.0/28", 6)).isEmpty())
        .isTrue();
  }

  @Test
  void aMoveIsOneUpdateForEachAddressAndAPendingTunnelHasNone() {
    put(outer, Entities.server("rs-1", null, 1), Entities.server("rs-2", null, 2));
    put(outer, Entities.tunnel("t", "rs-1", "192.0.2.7,192.0.2.8", "10.1.0.0/28", 3));
    ChangeSet move =
        put(outer, Entities.tunnel("t", "rs-2", "192.0.2.7,192.0.2.8", "10.1.0.0/28", 4));
    assertThat(move.updates())
        .containsExactly(
            new Entry.Outer(SHARED, 2), new Entry.Outer(IpAddress.parse("192.0.2.8"), 2));
    assertThat(move.deletes()).isEmpty();
    ChangeSet pending =
        put(outer, Entities.tunnel("t", null, "192.0.2.7,192.0.2.8", "10.1.0.0/28", 5));
    assertThat(pending.updates()).isEmpty();
    assertThat(pending.deletes()).hasSize(2);
    assertThat(outer.pendingCount()).isEqualTo(1);
  }

  @Test
  void aServersMacIsKnownWhenItsRecordComes() {
    put(outer, Entities.tunnel("t", "rs-1", "192.0.2.7", "10.1.0.0/28", 2));
    assertThat(put(outer, Entities.server("rs-1", "02:00:00:00:00:01", 1)).updates())
        .containsExactly(
            new Entry.Server(
                1,
                new ServerId("rs-1"),
                MacAddress.parse("02:00:00:00:00:01"),
                IpAddress.parse("198.51.100.1")));
    assertThat(outer.serverName(1)).contains(new ServerId("rs-1"));
    assertThat(outer.serverName(2)).isEmpty();
  }

  @Test
  void olderEpochsAreCountedAndIgnored() {
    put(outer, Entities.tunnel("t", "rs-1", "192.0.2.7", "10.1.0.0/28", 9));
    ChangeSet older = put(outer, Entities.tunnel("t", "rs-2", "192.0.2.9", "10.1.0.0/28", 8));
    assertThat(older.isEmpty()).isTrue();
    assertThat(older.staleRecords()).isEqualTo(1);
  }

  @Test
  void anotherClustersRecordsAreNotOurs() {
    EntityTable other = new EntityTable(new ClusterId("other"), Side.OUTER);
    assertThat(put(other, Entities.tunnel("t", "rs-1", "192.0.2.7", "10.1.0.0/28", 1)).isEmpty())
        .isTrue();
    assertThat(other.tunnelCount()).isZero();
  }

  @Test
  void virtualAddressesFollowTheSettings() {
    assertThat(put(outer, Entities.config("203.0.113.1,203.0.113.2", 1)).updates()).hasSize(2);
    ChangeSet change = put(outer, Entities.config("203.0.113.2,203.0.113.3", 2));
    assertThat(change.updates()).containsExactly(new Entry.Virtual(IpAddress.parse("203.0.113.3")));
    assertThat(change.deletes())
        .containsExactly(new Entry.Key.Virtual(IpAddress.parse("203.0.113.1")));
    outer.apply(List.of(EntityChange.gone(new EntityKey.Config(Entities.CLUSTER))));
    assertThat(outer.entries()).isEmpty();
  }

  @Test
  void reloadingDropsWhatIsNotThereAnyMoreAndTakesOlderEpochs() {
    put(
        outer,
        Entities.server("rs-1", null, 1),
        Entities.tunnel("old", "rs-1", "192.0.2.1", "10.1.0.0/28", 90),
        Entities.tunnel("kept", "rs-1", "192.0.2.2", "10.2.0.0/28", 91));
    ChangeSet change =
        outer.reload(
            List.of(
                EntityChange.put(Entities.server("rs-2", null, 1)),
                EntityChange.put(Entities.tunnel("kept", "rs-2", "192.0.2.2", "10.2.0.0/28", 2))),
            3);
    assertThat(outer.epoch()).as("the last decision was a release").isEqualTo(3);
    assertThat(change.updates())
        .containsExactlyInAnyOrder(
            new Entry.Server(2, new ServerId("rs-2"), null, IpAddress.parse("198.51.100.1")),
            new Entry.Outer(IpAddress.parse("192.0.2.2"), 2));
    assertThat(change.deletes())
        .containsExactly(
            new Entry.Key.Outer(IpAddress.parse("192.0.2.1")), new Entry.Key.Server(1));
  }

  @Test
  void moreServersThanTheTableHoldsAreToldByName() {
    List<EntityChange> servers = new ArrayList<>();
    for (int i = 1; i <= SteeringTableLayout.MOST_SERVERS + 1; i++) {
      servers.add(EntityChange.put(Entities.server("rs-" + i, null, i)));
    }
    ChangeSet change = outer.apply(servers);
    assertThat(change.updates()).hasSize(SteeringTableLayout.MOST_SERVERS);
    assertThat(change.problems()).singleElement().asString().contains("rs-4096");
  }
}
