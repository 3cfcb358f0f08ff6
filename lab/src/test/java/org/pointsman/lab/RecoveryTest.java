package org.pointsman.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

final class RecoveryTest {
  private static final TunnelId TUNNEL = new TunnelId("peer-1");
  private static final ServerId RS_1 = new ServerId("rs-1");
  private static final ServerId RS_2 = new ServerId("rs-2");

  private static long ms(long millis) {
    return 1_000_000 * millis;
  }

  private static Recovery.Parts parts(
      long detected, long decided, long tables, long keys, long traffic) {
    return Recovery.Parts.of(
        TUNNEL, ms(1000), ms(detected), ms(decided), ms(tables), ms(keys), ms(traffic));
  }

  @Test
  void thePartsAddUpToTheWhole() {
    Recovery.Parts parts = parts(1500, 1540, 1550, 1700, 1710);
    assertThat(parts).isEqualTo(new Recovery.Parts(TUNNEL, 500, 40, 10, 150, 10));
    assertThat(parts.total()).isEqualTo(710);
  }

  /** The log's reader may be later than the tables, and the bridge later than the traffic. */
  @Test
  void whoHearsLateChangesNothingOfTheWhole() {
    assertThat(parts(1500, 1560, 1550, 1700, 1710))
        .isEqualTo(new Recovery.Parts(TUNNEL, 500, 50, 0, 150, 10));
    assertThat(parts(1500, 1540, 1550, 1900, 1710))
        .isEqualTo(new Recovery.Parts(TUNNEL, 500, 40, 10, 160, 0));
    assertThat(parts(1500, 1540, 1550, 900, 1710).total()).isEqualTo(710);
  }

  @Test
  void theMiddleAndTheLastOneAreShown() {
    List<Recovery.Parts> tunnels =
        List.of(
            new Recovery.Parts(TUNNEL, 500, 40, 0, 100, 10),
            new Recovery.Parts(TUNNEL, 500, 40, 5, 150, 10),
            new Recovery.Parts(TUNNEL, 500, 50, 5, 1500, 10));
    Recovery recovery = new Recovery(2, true, tunnels, List.of());
    assertThat(recovery.row().split(" +", -1))
        .containsExactly(
            "rs-2", "on", "3", "500", "40", "5", "150", "10", "705", "ms", "2,065", "ms");
    assertThat(recovery.row()).hasSameSizeAs(Recovery.HEADER);
  }

  @Test
  void aMoveIsSeenOnceAndByEachWitness() {
    Moves moves = new Moves();
    moves.see(Moves.Witness.OUTER, TUNNEL, RS_1);
    assertThat(moves.isInTables(TUNNEL)).isFalse();
    moves.see(Moves.Witness.INNER, TUNNEL, RS_1);
    assertThat(moves.isInTables(TUNNEL)).isTrue();
    Long first = moves.at(Moves.Witness.OUTER, TUNNEL, RS_1);
    moves.see(Moves.Witness.OUTER, TUNNEL, RS_1); // it came up there: no move
    assertThat(moves.at(Moves.Witness.OUTER, TUNNEL, RS_1)).isEqualTo(first);
    moves.see(Moves.Witness.OUTER, TUNNEL, RS_2);
    assertThat(moves.at(Moves.Witness.OUTER, TUNNEL, RS_1)).isNull();
    assertThat(moves.at(Moves.Witness.LOG, TUNNEL, RS_2)).isNull();
    assertThat(moves.downAt(RS_1)).isNull();
  }
}
