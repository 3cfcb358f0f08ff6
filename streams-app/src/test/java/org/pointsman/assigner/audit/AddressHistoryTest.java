package org.pointsman.assigner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pointsman.model.Assignment;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

final class AddressHistoryTest {
  private static final ClusterId CLUSTER = new ClusterId("c1");

  private long epoch;

  private Recorded put(String tunnel, @Nullable String server, String outer, String... inner) {
    epoch++;
    Assignment after =
        new Assignment(
            CLUSTER,
            new TunnelId(tunnel),
            TunnelState.ANNOUNCED,
            server == null ? null : new ServerId(server),
            List.of(IpAddress.parse(outer)),
            Arrays.stream(inner).map(IpPrefix::parse).toList(),
            0,
            false,
            Instant.EPOCH,
            null,
            1,
            epoch);
    return recorded(tunnel, null, after);
  }

  private Recorded gone(Recorded last) {
    epoch++;
    Assignment before = (Assignment) last.decision().after();
    return recorded(last.decision().key().toString().replaceFirst(".*/", ""), before, null);
  }

  private Recorded recorded(
      String tunnel, @Nullable Assignment before, @Nullable Assignment after) {
    return AuditedLog.recorded(
        epoch,
        new Decision(
            new EntityKey.Tunnel(CLUSTER, new TunnelId(tunnel)),
            epoch,
            new Cause.ByEvent(0, epoch, "e"),
            before,
            after,
            DecisionReason.ASSIGNED,
            Instant.EPOCH));
  }

  @Test
  void anOuterAddressIsLookedUpExactly() {
    AddressHistory history = new AddressHistory(IpAddress.parse("192.0.2.7"));
    Recorded first = put("t1", "rs-1", "192.0.2.7", "10.0.0.0/24");
    history.add(first);
    history.add(put("t2", "rs-2", "192.0.2.8", "10.0.1.0/24"));
    assertThat(history.inner()).isEmpty();
    assertThat(history.outer())
        .singleElement()
        .satisfies(
            holder -> {
              assertThat(holder.tunnel().server()).isEqualTo(new ServerId("rs-1"));
              assertThat(holder.since()).isEqualTo(first);
            });
  }

  @Test
  void sinceIsWhenTheServerOrTheAddressCameNotWhenSomethingElseChanged() {
    AddressHistory history = new AddressHistory(IpAddress.parse("192.0.2.7"));
    history.add(put("t1", "rs-1", "192.0.2.9", "10.0.0.0/24"));
    Recorded came = put("t1", "rs-1", "192.0.2.7", "10.0.0.0/24");
    history.add(came);
    history.add(put("t1", "rs-1", "192.0.2.7", "10.0.5.0/24"));
    assertThat(history.outer().getFirst().since()).isEqualTo(came);
    Recorded moved = put("t1", null, "192.0.2.7", "10.0.5.0/24");
    history.add(moved);
    assertThat(history.outer().getFirst().since()).isEqualTo(moved);
    history.add(gone(moved));
    assertThat(history.outer()).isEmpty();
  }

  @Test
  void anInnerAddressIsTheLongestPrefixs() {
    AddressHistory history = new AddressHistory(IpAddress.parse("10.0.0.9"));
    history.add(put("wide", "rs-1", "192.0.2.1", "10.0.0.0/8"));
    Recorded narrow = put("narrow", "rs-2", "192.0.2.2", "10.0.0.0/28", "172.16.0.0/12");
    history.add(narrow);
    assertThat(history.inner())
        .singleElement()
        .satisfies(
            holder -> {
              assertThat(holder.subnet()).isEqualTo(IpPrefix.parse("10.0.0.0/28"));
              assertThat(holder.since()).isEqualTo(narrow);
            });
    history.add(gone(narrow));
    assertThat(history.inner().getFirst().tunnel().tunnel()).isEqualTo(new TunnelId("wide"));
  }

  @Test
  void bothAreToldIfBothApply() {
    AddressHistory history = new AddressHistory(IpAddress.parse("192.0.2.7"));
    history.add(put("t1", "rs-1", "192.0.2.7", "10.0.0.0/24"));
    history.add(put("t2", "rs-2", "192.0.2.8", "192.0.2.0/24"));
    assertThat(history.outer()).hasSize(1);
    assertThat(history.inner()).hasSize(1);
  }
}
