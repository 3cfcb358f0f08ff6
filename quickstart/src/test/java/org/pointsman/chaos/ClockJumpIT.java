package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.Cause;
import org.pointsman.model.ClusterConfigure;
import org.pointsman.nms.NmsClient;
import org.pointsman.quickstart.ClusterLog;

/** The clock of the hosts of assigner and directors jumps by an hour, forth and back. */
@ExtendWith(Chaos.Extension.class)
class ClockJumpIT {
  private static final ChaosSize SIZE = ChaosSize.ofThisRun();
  private static final int HOUR_SECONDS = 3600;
  private static final Duration LESS_THAN_AN_HOUR = Duration.ofMinutes(50);

  @Test
  void anHourForthAndBack(Chaos chaos, @TempDir Path directory) throws Exception {
    FakeClock clock = FakeClock.in(directory);
    try (Deployment deployment = chaos.own("clock", clock.environment());
        NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels())) {
      deployment.startAll();
      Chaos.registerServers(deployment);
      var _ = nms.configure(Deployment.CLUSTER, announceTimeout(LESS_THAN_AN_HOUR)).join();
      int before = 0;
      for (int offset : new int[] {HOUR_SECONDS, 0, -HOUR_SECONDS, 0}) {
        load.send(SIZE.load() / 2);
        load.awaitAnswers(load.sent() - SIZE.load() / 4);
        clock.set(offset);
        load.send(SIZE.load() / 2);
        if (offset < before) {
          ChildJvm assigner = deployment.assigner();
          assertThat(assigner.awaitExit()).as("its clients cannot go on").isEqualTo(1);
          assertThat(assigner.said()).contains("it was set back by 3", "nothing is lost");
          var _ = deployment.startAssigner(); // as whoever watches over it does
        }
        before = offset;
        new Aftermath(deployment).assertNothingLost("clock at %+d s".formatted(offset), load, "");
      }
      assertThat(new ClusterLog(deployment.connection(), Deployment.CLUSTER).decisions())
          .as("no deadline came early")
          .noneMatch(decision -> decision.cause() instanceof Cause.ByTimer);
    }
  }

  private static ClusterConfigure announceTimeout(Duration timeout) {
    return new ClusterConfigure(null, null, null, timeout, null);
  }

  /** What libfaketime makes processes believe; time that only goes on is left alone. */
  private record FakeClock(Path library, Path offset) {
    private static final Path DEBIANS =
        Path.of(
            "/usr/lib/%s-linux-gnu/faketime/libfaketimeMT.so.1"
                .formatted(System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64"));

    static FakeClock in(Path directory) throws IOException {
      assumeTrue(Files.exists(DEBIANS), "needs Debian's package libfaketime");
      FakeClock clock = new FakeClock(DEBIANS, directory.resolve("offset"));
      clock.set(0);
      return clock;
    }

    /** Seconds between the processes' clock and this one's; they see it within a second. */
    void set(int seconds) throws IOException {
      Files.writeString(offset, "%+d\n".formatted(seconds));
    }

    Map<String, String> environment() {
      return Map.of(
          "LD_PRELOAD", library.toString(),
          "FAKETIME_TIMESTAMP_FILE", offset.toString(),
          "FAKETIME_CACHE_DURATION", "1",
          "FAKETIME_DONT_FAKE_MONOTONIC", "1",
          "FAKETIME_FORCE_MONOTONIC_FIX", "0",
          "NO_FAKE_STAT", "1");
    }
  }
}
