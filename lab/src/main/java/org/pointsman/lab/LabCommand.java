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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.DemoEndpoints;
import org.pointsman.model.InvalidValueException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Builds the lab, shows it, and takes it away. */
@Command(
    name = "lab",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    description =
        "A gateway cluster with real strongSwan tunnels in network namespaces of this host. Needs root.",
    synopsisSubcommandLabel = "COMMAND")
public final class LabCommand {
  private static final int MOST_ROUNDS = 100;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = LabPlan.DEFAULT_PREFIX,
      scope = CommandLine.ScopeType.INHERIT,
      description =
          "What its namespaces' names start with, so that several can be up: 1 to 8 letters, digits or dashes. Default: ${DEFAULT-VALUE}.")
  private String name = LabPlan.DEFAULT_PREFIX;

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
          say(
              "it stays up; try './pointsman lab status%s', and end it with Ctrl-C or 'lab down%s'"
                  .formatted(LabPlan.nameOption(name), LabPlan.nameOption(name)));
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

  @Command(
      description =
          "Build it, kill gateways one after another, measure how long their tunnels are without traffic, with takeover and without, and take it away.")
  int measure(
      @Option(
              names = "--peers",
              paramLabel = "N",
              defaultValue = "10",
              description = "How many peers, 1 to 99. Default: ${DEFAULT-VALUE}.")
          int peers,
      @Option(
              names = "--rounds",
              paramLabel = "N",
              defaultValue = "3",
              description = "How many gateways to kill each way. Default: ${DEFAULT-VALUE}.")
          int rounds)
      throws Exception {
    if (rounds < 1 || rounds > MOST_ROUNDS) {
      throw new InvalidValueException(
          "expected 1 to %d rounds but got %d".formatted(MOST_ROUNDS, rounds));
    }
    return run(
        peers,
        (lab, demo) -> {
          demo.bringUp();
          List<Recovery> _ = new RecoveryRounds(lab, demo, this::say).run(rounds);
          return Cli.OK;
        });
  }

  @Command(description = "Show whether it is up, and its namespaces.")
  int status() throws Exception {
    checkName();
    List<String> namespaces = LabNetwork.existing(name);
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
    checkName();
    DemoEndpoints.find(home())
        .flatMap(lab -> ProcessHandle.of(lab.pid()))
        .ifPresent(
            lab -> {
              if (lab.destroy()) {
                lab.onExit().join();
              }
            });
    LabNetwork.remove(name);
    forget();
    say("no lab is up");
    return Cli.OK;
  }

  /** A name that no lab can have must not be looked for, let alone be taken away. */
  private void checkName() {
    LabPlan _ = new LabPlan(name, 1);
  }

  /** What to do with a lab while it is there. */
  private interface Play {
    int play(Lab lab, LabDemo demo) throws Exception;
  }

  private int run(int peers, Play play) throws Exception {
    LabPlan plan = new LabPlan(name, peers);
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new CliException(
          "expected root, who may make network namespaces, but this is %s; use sudo"
              .formatted(System.getProperty("user.name")));
    }
    LabNetwork.refuseSecond(name);
    try (LabGuard guard = LabGuard.over(this::sweep)) {
      forget();
      try (Lab lab = Lab.start(plan, home(), this::say)) {
        new DemoEndpoints(
                lab.connection().bootstrapServers(),
                lab.connection().schemaRegistryUrl(),
                ProcessHandle.current().pid())
            .write(home());
        return play.play(lab, new LabDemo(lab, home(), this::say));
      } catch (Exception failed) {
        if (guard.isEnding()) { // then whatever failed did so because of that
          say("told to end: the lab is taken away");
          return Cli.FAILED;
        }
        throw failed;
      }
    }
  }

  /** What an interrupted lab has left, if anything. */
  private void sweep() {
    try {
      LabNetwork.remove(name);
      forget();
    } catch (InterruptedException | IOException left) {
      throw new CliException(
          "expected to take the lab away but %s; do: pointsman lab down".formatted(left));
    }
  }

  private Path home() {
    return DemoEndpoints.home().resolve("lab-" + name);
  }

  private void forget() throws IOException {
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
