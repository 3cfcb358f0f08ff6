package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.nms.cli.Entities.tunnel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.RejectionCode;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelState;
import org.pointsman.nms.MockLog;
import org.pointsman.nms.outcome.Outcome;
import org.pointsman.registry.RegistryUnavailableException;

class TunnelImportCommandTest {
  private static final String HEADER = "id,cluster,outer_addresses,inner_subnets,expected_bps\n";
  private static final String TWO_BAD_LINES =
      HEADER
          + """
          a,,192.0.2.1,10.0.0.0/28,1
          b,,192.0.2.2,10.0.0.17/28,1
          c,,192.0.2.3,10.0.0.32/28,1
          d,,nowhere,10.0.0.48/28,many
          """;

  @TempDir Path folder;
  private FakeDeployment deployment = new FakeDeployment();

  private Run run(String inventory, String options) throws IOException {
    Path file = folder.resolve("inventory.csv");
    Files.writeString(file, inventory);
    return Run.of(new TunnelCommand(deployment), "import " + file + options);
  }

  /** Tunnels t0, t1 and so on. */
  private static String inventory(int tunnels) {
    return HEADER
        + IntStream.range(0, tunnels)
            .mapToObj(i -> "t%d,,192.0.2.%d,10.0.%d.0/28,1%n".formatted(i, i, i))
            .collect(Collectors.joining());
  }

  private static String name(NetworkEvent event) {
    return ((TunnelAnnounce) event.payload()).tunnel().value();
  }

  private static List<Outcome> assign(NetworkEvent event, FakeDeployment.Place place) {
    return List.of(
        place.decision(
            DecisionReason.ASSIGNED, null, tunnel(name(event), TunnelState.ANNOUNCED, "rs-1")));
  }

  @Test
  void everyTunnelIsAnnouncedAndCounted() throws IOException {
    deployment.assigner = TunnelImportCommandTest::assign;

    Run run = run(inventory(100), "");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .matches(
            "100 of 100 events acknowledged in \\d+\\.\\d s\\R100 decided in \\d+\\.\\d s: 100"
                + " assigned\\R");
    assertThat(run.err()).isEmpty();
    assertThat(deployment.sent())
        .extracting(event -> ((TunnelAnnounce) event).tunnel().value())
        .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "t" + i).toList());
  }

  @Test
  void badLinesAreAllReportedAndNothingIsPublished() throws IOException {
    Run run = run(TWO_BAD_LINES, "");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("line 3, inner_subnets: expected "),
            line -> assertThat(line).startsWith("line 5, outer_addresses: expected "),
            line -> assertThat(line).startsWith("line 5, expected_bps: expected "),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "2 of 4 lines are bad; nothing was published. Mend them, or publish the"
                            + " others with --skip-bad"));
    assertThat(deployment.sent()).isEmpty();
  }

  @Test
  void skippingBadLinesPublishesTheOthers() throws IOException {
    deployment.assigner = TunnelImportCommandTest::assign;

    Run run = run(TWO_BAD_LINES, " --skip-bad");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("2 of 2 events acknowledged", "2 decided", "2 assigned");
    assertThat(run.err())
        .contains("line 3, inner_subnets: ", "line 5, ")
        .endsWith("passing over 2 of 4 lines\n");
    assertThat(deployment.sent())
        .extracting(event -> ((TunnelAnnounce) event).tunnel().value())
        .containsExactly("a", "c");
  }

  @Test
  void withNoGoodLineThereIsNothingToPublish() throws IOException {
    Run run = run("tunnel;address\n", " --skip-bad");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("line 1: expected")
        .endsWith("expected a good line but there is none; nothing was published\n");
  }

  @Test
  void anEmptyFileSaysWhatItLacks() throws IOException {
    Run run = run("", "");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("line 1: expected the header id,cluster,")
        .contains("1 of 1 line is bad; nothing was published. Mend it,");
  }

  @Test
  void aMissingFileIsSaidToBeMissing() {
    Run run = Run.of(new TunnelCommand(deployment), "import " + folder.resolve("no.csv"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("no.csv but there is no such file");
  }

  @Test
  void aFolderIsNoInventory() {
    Run run = Run.of(new TunnelCommand(deployment), "import " + folder);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("but it cannot be read");
  }

  @Test
  void aDashReadsStandardInput() {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(inventory(3).getBytes(StandardCharsets.UTF_8)));
    try {
      Run run = Run.of(new TunnelCommand(deployment), "import - --no-wait");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).startsWith("3 of 3 events acknowledged");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void linesThatNameNoClusterGoToTheOneOfTheCommandLine() throws IOException {
    Run run =
        run(
            HEADER + "a,,192.0.2.1,10.0.0.0/28,1\nb,south,192.0.2.2,10.0.0.16/28,1\n",
            " --cluster north --no-wait");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(deployment.producer.history())
        .extracting(record -> record.key())
        .containsExactly("north", "south");
  }

  @Test
  void outcomesOfSeveralClustersAreAwaited() throws IOException {
    deployment.assigner =
        (event, place) ->
            List.of(place.rejection(event, RejectionCode.NO_CHANGE, "expected a change"));

    Run run =
        run(HEADER + "a,north,192.0.2.1,10.0.0.0/28,1\nb,south,192.0.2.2,10.0.0.16/28,1\n", "");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("2 decided").endsWith(": 2 unchanged\n");
  }

  @Test
  void everyKindOfOutcomeIsCountedOnce() throws IOException {
    deployment.assigner =
        (event, place) ->
            switch (name(event)) {
              case "t0" -> assign(event, place);
              case "t1" ->
                  List.of(
                      place.decision(
                          DecisionReason.CO_LOCATED,
                          tunnel("other", TunnelState.ANNOUNCED, "rs-1"),
                          tunnel("other", TunnelState.ANNOUNCED, "rs-2")),
                      place.decision(
                          DecisionReason.UPDATED,
                          tunnel("t1", TunnelState.UP, "rs-2"),
                          tunnel("t1", TunnelState.UP, "rs-2")));
              case "t2" ->
                  List.of(
                      place.decision(
                          DecisionReason.NO_SERVER,
                          null,
                          tunnel("t2", TunnelState.ANNOUNCED, null)));
              case "t3" -> List.of(place.rejection(event, RejectionCode.NO_CHANGE, "so already"));
              default ->
                  List.of(
                      place.rejection(
                          event, RejectionCode.SUBNET_CONFLICT, "expected free subnets"));
            };

    Run run = run(inventory(5), "");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains(": 1 assigned, 1 updated, 1 unchanged, 1 pending, 1 rejected\n");
    assertThat(run.err()).isEqualTo("line 6, t4: SUBNET_CONFLICT: expected free subnets\n");
  }

  @Test
  void ofManyRejectionsTheFirstAreTold() throws IOException {
    deployment.assigner =
        (event, place) ->
            List.of(place.rejection(event, RejectionCode.LIMIT_REACHED, "expected fewer"));

    Run run = run(inventory(30), "");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines())
        .hasSize(21)
        .startsWith("line 2, t0: LIMIT_REACHED: expected fewer")
        .endsWith("and 10 more rejected");
  }

  @Test
  void eventsThatAreNotDecidedInTimeFail() throws IOException {
    deployment.assigner =
        (event, place) -> name(event).equals("t0") ? assign(event, place) : List.of();

    Run run = run(inventory(3), " --timeout 1ms");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("3 of 3 events acknowledged", "\n1 decided");
    assertThat(run.err())
        .isEqualTo(
            "2 events are acknowledged but not decided, the last 1ms without any decision; is the"
                + " assigner running?\n");
  }

  @Test
  void outcomesThatCannotBeReadAreNotMistakenForEventsThatFailed() throws IOException {
    deployment.unreadable = new RegistryUnavailableException("the registry is away", null);

    Run run = run(inventory(3), "");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "all events are acknowledged but what became of 3 of them cannot be read: the registry"
                + " is away\n");
  }

  @Test
  void anEventThatIsNotAcknowledgedEndsTheImportAndFails() throws IOException {
    deployment = new FakeDeployment(MockLog.failingAfter(7, new TimeoutException("late")));

    Run run = run(inventory(50), " --no-wait");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).startsWith("7 of 50 events acknowledged");
    assertThat(run.err())
        .startsWith("line 9: expected a Kafka broker at the broker to answer within 30 s but")
        .endsWith("Stopped there; the same import can be repeated\n");
  }

  @Test
  void withoutWaitingOutcomesAreNotRead() throws IOException {
    Run run = run(inventory(3), " --no-wait");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).matches("3 of 3 events acknowledged in \\d+\\.\\d s\\R");
    assertThat(deployment.closed).isZero();
  }
}
