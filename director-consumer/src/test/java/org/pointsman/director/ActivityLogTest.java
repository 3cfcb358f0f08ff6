package org.pointsman.director;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.DataPlaneStats;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.dataplane.DataPlaneStats.ServerStats;
import org.pointsman.director.feed.FeedStatus;
import org.pointsman.director.packet.Reason;
import org.pointsman.director.table.Room;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;

final class ActivityLogTest {
  private static final Instant NOW = Instant.ofEpochSecond(1000);

  private final ActivityLog activity = new ActivityLog();

  private static DataPlaneStats stats(
      Map<Reason, Long> packets, long unreachable, long sendFailures, int missedAddresses) {
    List<MissedAddress> missed = new ArrayList<>();
    for (int i = 1; i <= missedAddresses; i++) {
      missed.add(new MissedAddress(IpAddress.parse("192.0.2." + i), 10 - i));
    }
    return new DataPlaneStats(new TreeMap<>(), packets, unreachable, sendFailures, missed);
  }

  private static FeedStatus feed(Optional<Instant> current, Optional<String> problem) {
    return new FeedStatus(current.isPresent(), 3, 7, 7, 0, 0, current, problem);
  }

  @Test
  void nothingIsSaidWhereNothingHappened() {
    DataPlaneStats none = stats(Map.of(), 0, 0, 0);
    assertThat(activity.packets(none)).isEmpty();
    DataPlaneStats some = stats(Map.of(Reason.ESP, 1234L), 0, 0, 0);
    assertThat(activity.packets(some))
        .contains("packets: 1,234 steered (+1,234), 0 passed (+0), 0 missed (+0)");
    assertThat(activity.packets(some)).isEmpty();
  }

  @Test
  void aDryRunSaysWhereThePacketsWouldGo() {
    TreeMap<Integer, ServerStats> servers = new TreeMap<>();
    servers.put(1, new ServerStats(1200, 1, 0));
    servers.put(2, new ServerStats(0, 0, 0));
    servers.put(3, new ServerStats(7, 1, 0));
    DataPlaneStats some = new DataPlaneStats(servers, Map.of(), 0, 0, List.of());
    assertThat(activity.dryRun(some, index -> Optional.of(new ServerId("rs-" + index))))
        .contains("dry run, so nothing is sent; packets that would be: 1,200 to rs-1, 7 to rs-3");
    assertThat(activity.dryRun(some, index -> Optional.of(new ServerId("rs-" + index)))).isEmpty();
  }

  @Test
  void aTableThatIsNearlyFullIsToldOnceAndAgainAfterItHadRoom() {
    Room nearly = new Room("tulips", 900, 1000);
    Room other = new Room("daisies", 899, 1000);
    assertThat(activity.room(List.of(nearly, other)))
        .containsExactly(
            "the table is nearly full: 900 of 1,000 tulips; start with a larger --max-tunnels before it is");
    assertThat(activity.room(List.of(nearly, other))).isEmpty();
    assertThat(activity.room(List.of(new Room("tulips", 1, 1000), other))).isEmpty();
    assertThat(activity.room(List.of(nearly, other))).hasSize(1);
  }

  @Test
  void missesAreShownByAddressWhileThereAreNewOnes() {
    DataPlaneStats missed = stats(Map.of(Reason.UNKNOWN_PEER, 20L), 0, 0, 7);
    assertThat(activity.packets(missed))
        .contains(
            "packets: 0 steered (+0), 0 passed (+0), 20 missed (+20), most often 192.0.2.1 (9), 192.0.2.2 (8), 192.0.2.3 (7), 192.0.2.4 (6), 192.0.2.5 (5)");
    DataPlaneStats more = stats(Map.of(Reason.UNKNOWN_PEER, 20L, Reason.NOT_VIRTUAL, 1L), 0, 0, 7);
    assertThat(activity.packets(more))
        .contains("packets: 0 steered (+0), 1 passed (+1), 20 missed (+0)");
  }

  @Test
  void packetsThatCouldNotGoToTheirServerAreNotCountedAsSteered() {
    DataPlaneStats lost = stats(Map.of(Reason.ESP, 10L), 3, 2, 0);
    assertThat(activity.packets(lost))
        .contains(
            "packets: 5 steered (+5), 0 passed (+0), 0 missed (+0), 3 lost because the server's Ethernet address is not known (+3), 2 not taken by the interface (+2)");
  }

  @Test
  void aProblemIsRepeatedUntilItIsGone() {
    FeedStatus away = feed(Optional.of(NOW.minusSeconds(90)), Optional.of("no broker answers"));
    FeedStatus well = feed(Optional.of(NOW), Optional.empty());
    String old = "the table may be 90 s old: no broker answers";
    assertThat(activity.problem(well, Optional.empty(), NOW)).isEmpty();
    assertThat(activity.problem(away, Optional.empty(), NOW)).contains(old);
    assertThat(activity.problem(away, Optional.of("eth0: down"), NOW))
        .contains(old + "; eth0: down");
    assertThat(activity.problem(well, Optional.of("eth0: down"), NOW)).contains("eth0: down");
    assertThat(activity.problem(well, Optional.empty(), NOW)).contains("all is well again");
    assertThat(activity.problem(well, Optional.empty(), NOW)).isEmpty();
    assertThat(
            activity.problem(
                feed(Optional.empty(), Optional.of("no broker answers")), Optional.empty(), NOW))
        .contains("there is no table yet: no broker answers");
  }
}
