package org.pointsman.assigner.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ClusterId;

final class StatusNotesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ClusterId ONE = new ClusterId("one");
  private static final List<ClusterId> ALL = List.of(ONE, new ClusterId("two"));

  private final StatusNotes notes = new StatusNotes();

  @Test
  void allAreDueAtFirstAndThenThoseThatChanged() {
    assertThat(notes.takeDue(ALL, START)).isEqualTo(ALL);
    assertThat(notes.takeDue(ALL, START.plusSeconds(1))).isEmpty();
    notes.changed(ONE);
    notes.changed(ONE);
    assertThat(notes.takeDue(ALL, START.plusSeconds(2))).containsExactly(ONE);
    assertThat(notes.takeDue(ALL, START.plusSeconds(3))).isEmpty();
    assertThat(notes.takeDue(ALL, START.plus(StatusNotes.HEARTBEAT))).isEqualTo(ALL);
  }

  @Test
  void aClockThatJumpsMakesAllDueOnce() {
    notes.takeDue(ALL, START);
    Instant back = START.minus(Duration.ofHours(1));
    assertThat(notes.takeDue(ALL, back)).isEqualTo(ALL);
    assertThat(notes.takeDue(ALL, back.plusSeconds(1))).isEmpty();
    assertThat(notes.takeDue(ALL, START)).isEqualTo(ALL);
  }
}
