package org.pointsman.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pointsman.model.Side;
import org.pointsman.nms.NmsClient;

/**
 * The disk under what assigner and directors keep is full. An assigner keeps its state in memory
 * and in Kafka, so it goes on; a director goes on without a new snapshot.
 */
@ExtendWith(Chaos.Extension.class)
class DiskFullIT {
  private static final ChaosSize SIZE = ChaosSize.ofThisRun();

  @Test
  void allGoOnAndNothingIsDamaged(Chaos chaos) throws Exception {
    try (Deployment deployment = chaos.own("full", Map.of());
        SmallDisk disk = SmallDisk.mount(deployment.directory());
        NmsClient nms = Chaos.nms(deployment);
        Load load = new Load(nms, deployment.tunnels())) {
      deployment.startAll();
      Chaos.registerServers(deployment);
      load.send(SIZE.load());
      load.awaitAnswers(SIZE.load() / 4);
      disk.fill();
      load.send(SIZE.load());
      new Aftermath(deployment).awaitOutcomes(load);

      deployment.assigner().kill();
      var _ = deployment.startAssigner();
      ChildJvm director = deployment.director(Side.OUTER);
      director.stop();
      assertThat(director.said())
          .as("it may have written none, or the one before it was full")
          .contains("expected to write the snapshot", "No space left");
      director = deployment.startDirector(Side.OUTER);
      deployment.awaitReady(Side.OUTER);
      deployment.awaitAssigner();
      load.send(SIZE.load());
      new Aftermath(deployment).assertNothingLost("disk full", load, "while it was full");

      disk.free();
      director.stop();
      director = deployment.startDirector(Side.OUTER);
      deployment.awaitReady(Side.OUTER);
      assertThat(director.said())
          .containsPattern("steers by its snapshot until Kafka answers: [1-9]")
          .doesNotContain("set aside");
      load.send(SIZE.load());
      new Aftermath(deployment).assertNothingLost("disk full", load, "when it had room again");
    }
  }

  /** A file system of its own in memory, of four megabytes. */
  private record SmallDisk(Path at) implements AutoCloseable {
    static SmallDisk mount(Path at) throws IOException, InterruptedException {
      Files.createDirectories(at);
      assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", at.toString()) == 0,
          "mounting a file system needs root");
      return new SmallDisk(at);
    }

    private Path filler() {
      return at.resolve("filler");
    }

    /** Until not a byte more fits. */
    void fill() {
      for (int block = 1 << 16; block > 0; block /= 2) {
        try (OutputStream out =
            Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
          while (true) {
            out.write(new byte[block]);
          }
        } catch (IOException full) {
          assertThat(full).hasMessageContaining("No space left");
        }
      }
    }

    void free() throws IOException {
      Files.delete(filler());
    }

    @Override
    public void close() throws IOException {
      try {
        assertThat(run("umount", "-l", at.toString())).isZero();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private static int run(String... command) throws IOException, InterruptedException {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
  }
}
