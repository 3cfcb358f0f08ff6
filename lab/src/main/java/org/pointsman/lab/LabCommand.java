package org.pointsman.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.DemoEndpoints;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Builds the lab, shows it, and takes it away. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    description =
        "A gateway cluster with real strongSwan tunnels in network namespaces of this host. Needs root.",
    synopsisSubcommandLabel = "COMMAND")
public final class LabCommand {
  private static final String PREFIX = "pmlab";

  @Spec private @Nullable CommandSpec spec;

  @Command(description = "Build it, bring the tunnels up, and keep it until Ctrl-C or 'lab down'.")
  int up(
      @Option(
              names = "--peers",
              paramLabel = "N",
              defaultValue = "10",
              description = "How many peers, 1 to 99. Default: ${DEFAULT-VALUE}.")
          int peers)
      throws Exception {
    return run(
        peers,
        (lab, demo) -> {
          demo.bringUp();
          demo.table();
          DemoEndpoints endpoints =
              new DemoEndpoints(
                  lab.connection().bootstrapServers(),
                  lab.connection().schemaRegistryUrl(),
                  ProcessHandle.current().pid());
          endpoints.write(home());
          say("it stays up; try './pointsman lab status', and end it with Ctrl-C or 'lab down'");
          new CountDownLatch(1).await();
          return Cli.OK;
        });
  }

  @Command(
      description =
          "Build it, show every step with real tunnels (traffic, drain, a killed gateway), take it away.")
  int demo(
      @Option(
              names = "--peers",
              paramLabel = "N",
              defaultValue = "10",
              description = "How many peers, 1 to 99. Default: ${DEFAULT-VALUE}.")
          int peers)
      throws Exception {
    return run(peers, (_, demo) -> demo.play().isEmpty() ? Cli.OK : Cli.FAILED);
  }

  @Command(description = "Show whether it is up, and its namespaces.")
  int status() throws Exception {
    List<String> namespaces = LabNetwork.existing(PREFIX);
    Optional<DemoEndpoints> running = DemoEndpoints.find(home());
    say(namespaces.isEmpty() ? "no lab is up" : "namespaces: " + String.join(" ", namespaces));
    running.ifPresent(
        lab ->
            say(
                "process %d has it; ask it with --bootstrap-servers %s --schema-registry %s --cluster %s"
                    .formatted(
                        lab.pid(), lab.bootstrapServers(), lab.schemaRegistry(), LabPlan.CLUSTER)));
    return Cli.OK;
  }

  @Command(description = "Take it away, also what an interrupted one has left.")
  int down() throws Exception {
    DemoEndpoints.find(home())
        .flatMap(lab -> ProcessHandle.of(lab.pid()))
        .ifPresent(
            lab -> {
              if (lab.destroy()) {
                lab.onExit().join();
              }
            });
    LabNetwork.remove(PREFIX);
    forget();
    say("no lab is up");
    return Cli.OK;
  }

  /** What to do with a lab while it is there. */
  private interface Play {
    int play(Lab lab, LabDemo demo) throws Exception;
  }

  private int run(int peers, Play play) throws Exception {
    LabPlan plan = new LabPlan(PREFIX, peers);
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new CliException(
          "expected root, who may make network namespaces, but this is %s; use sudo"
              .formatted(System.getProperty("user.name")));
    }
    forget();
    AtomicReference<@Nullable Lab> started = new AtomicReference<>();
    Thread stop = new Thread(() -> takeAway(started.get()), "stop");
    Runtime.getRuntime().addShutdownHook(stop); // before anything is made
    try (Lab lab = Lab.start(plan, home(), this::say)) {
      started.set(lab);
      return play.play(lab, new LabDemo(lab, home(), this::say));
    } finally {
      forgetHook(stop);
    }
  }

  /** Also what a start that is cut off has made: then there is no lab yet to close. */
  private static void takeAway(@Nullable Lab lab) {
    if (lab != null) {
      lab.close();
    }
    try {
      LabNetwork.remove(PREFIX);
      forget();
    } catch (InterruptedException | IOException left) {
      throw new CliException(
          "expected to take the lab away but %s; do: pointsman lab down".formatted(left));
    }
  }

  private static void forgetHook(Thread hook) {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      return; // the hook is running: it takes the lab away
    }
  }

  private static Path home() {
    return DemoEndpoints.home().resolve("lab");
  }

  private static void forget() throws IOException {
    if (Files.exists(home())) {
      try (Stream<Path> all = Files.walk(home())) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  private synchronized void say(String line) {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
