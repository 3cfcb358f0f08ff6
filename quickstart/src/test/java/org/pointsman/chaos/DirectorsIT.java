package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Side;
import org.pointsman.nms.NmsClient;
import org.pointsman.nms.NmsSettings;
import org.pointsman.nms.barrier.AnnounceTimeoutException;
import org.pointsman.nms.barrier.BarrierSettings;
import org.pointsman.nms.barrier.Steerable;

/** Directors that are killed, find damaged snapshots, or are slow. */
@ExtendWith(Chaos.Extension.class)
class DirectorsIT {
  private static final ChaosSize SIZE = ChaosSize.ofThisRun();
  private static final long SEED = 20_261_125;

  /** What becomes of a snapshot while its director is dead. */
  private interface Damage {
    void to(Deployment deployment, Path snapshot) throws Exception;
  }

  @Test
  void oneThatIsKilledAndFindsItsSnapshotTruncated(Chaos chaos) throws Exception {
    killAndDamage(chaos, "truncated", (_, snapshot) -> cut(snapshot, chance().nextInt(1, 1000)));
  }

  @Test
  void oneThatIsKilledAndFindsABitOfItsSnapshotFlipped(Chaos chaos) throws Exception {
    killAndDamage(chaos, "bit-flipped", (_, snapshot) -> flipABit(snapshot));
  }

  @Test
  void oneThatIsKilledAndFindsTheSnapshotOfAnotherCluster(Chaos chaos, @TempDir Path other)
      throws Exception {
    killAndDamage(
        chaos,
        "of another cluster",
        (deployment, snapshot) -> {
          ClusterId cluster = new ClusterId("other");
          try (ChildJvm director = deployment.startDirector(Side.OUTER, "other", cluster, other)) {
            Path its = other.resolve(cluster + ".snapshot");
            Awaitility.await().atMost(ChildJvm.PATIENCE).until(() -> Files.exists(its));
            director.stop();
            Files.copy(its, snapshot, StandardCopyOption.REPLACE_EXISTING);
          }
        });
  }

  private static SplittableRandom chance() {
    return new SplittableRandom(SEED);
  }

  private static void cut(Path snapshot, int perMille) throws IOException {
    byte[] whole = Files.readAllBytes(snapshot);
    Files.write(snapshot, Arrays.copyOf(whole, (int) ((long) whole.length * perMille / 1000)));
  }

  private static void flipABit(Path snapshot) throws IOException {
    byte[] bytes = Files.readAllBytes(snapshot);
    int bit = chance().nextInt(bytes.length * 8);
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    Files.write(snapshot, bytes);
  }

  private static void killAndDamage(Chaos chaos, String what, Damage damage) throws Exception {
    Deployment deployment = chaos.shared();
    Path snapshot = deployment.snapshots(Side.OUTER).resolve(Deployment.CLUSTER + ".snapshot");
    try (NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels())) {
      load.send(SIZE.load());
      load.awaitAnswers(SIZE.load() / 4);
      Awaitility.await().atMost(ChildJvm.PATIENCE).until(() -> Files.exists(snapshot));
      deployment.director(Side.OUTER).kill();
      damage.to(deployment, snapshot);
      load.send(SIZE.load());
      ChildJvm director = deployment.startDirector(Side.OUTER);
      var _ = director.awaitSaid("set aside as .*, the table is read anew");
      deployment.awaitReady(Side.OUTER);
      assertThat(director.said()).doesNotContain("steers by its snapshot");
      new Aftermath(deployment)
          .assertNothingLost("director killed, its snapshot " + what, load, "");
    }
  }

  @Test
  void oneThatIsSlow(Chaos chaos) throws Exception {
    Deployment deployment = chaos.shared();
    BarrierSettings impatient =
        new BarrierSettings(Duration.ofSeconds(3), /* liveFor= */ Duration.ofMinutes(30));
    NmsSettings settings =
        NmsSettings.defaults().withDeliveryTimeout(Load.DELIVERY_TIMEOUT).withBarrier(impatient);
    try (NmsClient nms = NmsClient.connect(deployment.connection(), settings);
        Load load = new Load(nms, deployment.tunnels())) {
      ChildJvm slow = deployment.director(Side.INNER);
      slow.pause();
      load.send(SIZE.load());
      new Aftermath(deployment).awaitOutcomes(load);
      CompletableFuture<Steerable> answer =
          nms.announceSteerable(Deployment.CLUSTER, deployment.tunnels().next());
      assertThatThrownBy(answer::join)
          .as("the peer must not speak yet")
          .hasCauseInstanceOf(AnnounceTimeoutException.class)
          .hasMessageContaining("inner");
      slow.resume();
      load.send(SIZE.load());
      new Aftermath(deployment).assertNothingLost("slow director", load, "");
    }
  }
}
