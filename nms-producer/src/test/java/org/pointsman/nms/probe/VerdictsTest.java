package org.pointsman.nms.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.pointsman.model.ClusterId;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.IpAddress;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerDown;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerId;
import org.pointsman.model.ServerUp;
import org.pointsman.nms.follow.FollowedCluster;
import org.pointsman.nms.probe.ServerHealth.View;

/**
 * Answers are written as letters: {@code y} for one, {@code n} for none; a second passes between.
 */
final class VerdictsTest {
  private static final ClusterId CLUSTER = new ClusterId("default");
  private static final ServerId RS_1 = new ServerId("rs-1");
  private static final ServerId RS_2 = new ServerId("rs-2");
  private static final ProbeSettings SETTINGS = ProbeSettings.defaults(); // fall 3, rise 2

  private final FollowedCluster cluster = new FollowedCluster(CLUSTER);
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final List<String> lines = new ArrayList<>();

  private static RealServer server(ServerId id, boolean alive, long epoch) {
    return new RealServer(
        CLUSTER, id, IpAddress.parse("10.0.0.11"), null, 1, null, null, alive, false, null, epoch);
  }

  private List<ServerEvent> ask(Verdicts verdicts, ServerId id, String answers, int others) {
    List<ServerEvent> events = new ArrayList<>();
    for (int i = 0; i < answers.length(); i++) {
      now = now.plusSeconds(1);
      Verdicts.Outcome outcome = verdicts.asked(id, answers.charAt(i) == 'y', others, now);
      events.addAll(outcome.events());
      lines.addAll(outcome.lines());
    }
    return events;
  }

  private Verdicts verdicts(ProbeSettings settings, RealServer... servers) {
    Arrays.stream(servers).forEach(cluster::load);
    return new Verdicts(settings, cluster);
  }

  private Verdicts two() {
    return verdicts(SETTINGS, server(RS_1, true, 1), server(RS_2, true, 2));
  }

  @Test
  void aServerFallsAfterThreeMissesInARow() {
    Verdicts verdicts = two();
    assertThat(ask(verdicts, RS_1, "yynnynnynn", 0)).isEmpty();
    assertThat(ask(verdicts, RS_1, "n", 0)).containsExactly(new ServerDown(RS_1));
    assertThat(ask(verdicts, RS_1, "nnnnnnnn", 0)).isEmpty();
  }

  @Test
  void itRisesAfterTwoAnswersInARow() {
    Verdicts verdicts = two();
    ask(verdicts, RS_1, "yynnn", 0);
    cluster.load(server(RS_1, false, 3));
    assertThat(ask(verdicts, RS_1, "ynyn", 0)).isEmpty();
    assertThat(ask(verdicts, RS_1, "yy", 0)).containsExactly(new ServerUp(RS_1));
  }

  @Test
  void aServerThatNeverAnsweredFallsToo() {
    assertThat(ask(two(), RS_1, "nnn", 0)).containsExactly(new ServerDown(RS_1));
  }

  @Test
  void whatTheLogSaysAlreadyIsNotPublished() {
    Verdicts verdicts = verdicts(SETTINGS, server(RS_1, false, 1), server(RS_2, true, 2));
    assertThat(ask(verdicts, RS_1, "nnnn", 0)).isEmpty();
    assertThat(ask(verdicts, RS_2, "yyyy", 0)).isEmpty();
  }

  @Test
  void aServerMarkedDownByHandStaysSo() {
    Verdicts verdicts = two();
    ask(verdicts, RS_1, "yy", 0);
    cluster.load(server(RS_1, false, 3));
    assertThat(ask(verdicts, RS_1, "yyyy", 0)).isEmpty();
  }

  @Test
  void theLastServerIsNotMarkedDown() {
    Verdicts verdicts = two();
    ask(verdicts, RS_1, "yy", 0);
    ask(verdicts, RS_2, "yy", 0);
    assertThat(ask(verdicts, RS_1, "nnn", 0)).containsExactly(new ServerDown(RS_1));
    assertThat(ask(verdicts, RS_2, "nnnnn", 0)).isEmpty(); // though the log still has rs-1 up
    assertThat(lines)
        .containsOnlyOnce(
            "rs-2 is not marked down: it is the last server that is up; with --allow-empty it would be");
    cluster.load(server(RS_1, true, 3));
    ask(verdicts, RS_1, "yy", 0);
    assertThat(ask(verdicts, RS_2, "n", 0)).containsExactly(new ServerDown(RS_2));
  }

  @Test
  void withAllowEmptyItIs() {
    ProbeSettings empty =
        new ProbeSettings(
            ProbeSettings.Check.IKE,
            500,
            Duration.ofSeconds(1),
            Duration.ofMillis(800),
            3,
            2,
            0,
            true,
            1);
    assertThat(ask(verdicts(empty, server(RS_1, true, 1)), RS_1, "nnn", 0))
        .containsExactly(new ServerDown(RS_1));
  }

  @Test
  void downNeedsTheQuorum() {
    ProbeSettings quorum =
        new ProbeSettings(
            ProbeSettings.Check.IKE,
            500,
            Duration.ofSeconds(1),
            Duration.ofMillis(800),
            3,
            2,
            0,
            false,
            2);
    Verdicts verdicts = verdicts(quorum, server(RS_1, true, 1), server(RS_2, true, 2));
    assertThat(ask(verdicts, RS_1, "nnnnn", 0)).isEmpty();
    assertThat(lines)
        .contains("rs-1 is not marked down: expected 2 probes to see it down but 1 do");
    assertThat(ask(verdicts, RS_1, "n", 1)).containsExactly(new ServerDown(RS_1));
  }

  @Test
  void whatCouldNotBeWrittenIsPublishedAgain() {
    Verdicts verdicts = two();
    ask(verdicts, RS_1, "nnn", 0);
    verdicts.unsent(new ServerDown(RS_1));
    assertThat(ask(verdicts, RS_1, "n", 0)).containsExactly(new ServerDown(RS_1));
  }

  @Test
  void aServerThatIsRemovedBeginsAnew() {
    Verdicts verdicts = two();
    ask(verdicts, RS_1, "nnn", 0);
    verdicts.retain(Set.of(RS_2));
    assertThat(verdicts.views()).doesNotContainKey(RS_1);
    assertThat(ask(verdicts, RS_1, "nnn", 0)).containsExactly(new ServerDown(RS_1));
  }

  // ---- damping ---------------------------------------------------------------------------------

  @Test
  void aFlappingServerIsKeptDownUntilItHasBeenQuiet() {
    ServerHealth health = new ServerHealth(1, 1);
    Instant time = now;
    for (int i = 0; i < 3; i++) {
      assertThat(health.asked(true, time)).isEqualTo(View.UP);
      assertThat(health.asked(false, time)).isEqualTo(View.DOWN);
    }
    assertThat(health.asked(true, time)).isEqualTo(View.DOWN);
    assertThat(health.isDamped()).isTrue();
    assertThat(health.asked(true, time.plusSeconds(90))).isEqualTo(View.DOWN);
    assertThat(health.asked(true, time.plusSeconds(96))).isEqualTo(View.UP); // 60 s * log2 3
    assertThat(health.isDamped()).isFalse();
  }

  @Test
  void oneFallIsNotFlapping() {
    ServerHealth health = new ServerHealth(1, 1);
    for (int i = 0; i < 20; i++) {
      Instant time = now.plusSeconds(600L * i);
      assertThat(health.asked(true, time)).isEqualTo(View.UP);
      assertThat(health.asked(false, time)).isEqualTo(View.DOWN);
    }
  }

  /** Whatever the answers: down only after three misses, up only after two answers, at once. */
  @Property
  void viewsFollowTheLastAnswers(@ForAll @Size(max = 60) List<Boolean> answers) {
    ServerHealth health = new ServerHealth(3, 2);
    int misses = 0;
    int hits = 0;
    View before = View.UNKNOWN;
    for (boolean answer : answers) {
      now = now.plusSeconds(300); // far enough apart for no damping
      misses = answer ? 0 : misses + 1;
      hits = answer ? hits + 1 : 0;
      View view = health.asked(answer, now);
      View expected = misses >= 3 ? View.DOWN : hits >= 2 ? View.UP : before;
      assertThat(view).isEqualTo(expected);
      before = view;
    }
  }

  // ---- settings and peers ----------------------------------------------------------------------

  @Test
  void intervalsDifferByTheJitterAndNoMore() {
    assertThat(SETTINGS.next(0)).isEqualTo(Duration.ofMillis(900));
    assertThat(SETTINGS.next(0.5)).isEqualTo(Duration.ofSeconds(1));
    assertThat(SETTINGS.next(1)).isEqualTo(Duration.ofMillis(1100));
  }

  @Test
  void allBadSettingsAreNamed() {
    assertThatThrownBy(
            () ->
                new ProbeSettings(
                    ProbeSettings.Check.TCP, 0, Duration.ZERO, Duration.ZERO, 0, 0, 0.6, false, 0))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("a port of 1 to 65535 but got 0")
        .hasMessageContaining("an interval of 10 ms to 1 hour but got PT0S")
        .hasMessageContaining("a timeout of 1 ms to 1 minute but got PT0S")
        .hasMessageContaining("a fall of 1 to 100")
        .hasMessageContaining("a rise of 1 to 100")
        .hasMessageContaining("a jitter of 0 to 0.5")
        .hasMessageContaining("a quorum of 1 to 100");
  }

  @Test
  void whatAPeerTellsIsRead() {
    assertThat(ProbePeers.read("rs-1 DOWN\nrs-2 UP\nrs-3 UNKNOWN\n\nnonsense\na b c\n"))
        .containsExactly(RS_1);
  }
}
