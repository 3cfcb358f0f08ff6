package org.pointsman.quickstart.demo;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.cli.DemoEndpoints;
import org.pointsman.model.Side;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.nms.inventory.InventoryGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the demo, and keeps its deployment up for the other commands. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Run everything in one process: Kafka, a schema registry, the assigner, both directors. Bring an inventory up, drive packets through both sides, stop a server, and show whether both sides agree.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:both sides agreed on every tunnel, and no packet of a known tunnel was lost or misdirected",
      "1:they did not, or a part did not start",
      "2:the command line is not right"
    })
public final class DemoCommand implements Callable<Integer> {
  private static final int BROKER_PORT = 9092;
  private static final int REGISTRY_PORT = 8081;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--tunnels",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many tunnels to make up. Default: ${DEFAULT-VALUE}.")
  private int tunnels;

  @Option(
      names = "--inventory",
      paramLabel = "FILE",
      description = "Take the tunnels from this file instead.")
  private @Nullable Path inventory;

  @Option(
      names = "--exit",
      description = "End after the summary; without it everything stays up for other commands.")
  private boolean exit;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write what was found to this file too.")
  private @Nullable Path json;

  @Option(
      names = "--fresh",
      description = "Forget what earlier demos left in the folder of the demo's state.")
  private boolean fresh;

  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description = "The folder of the demo's state. Default: .pointsman in the project's folder.")
  private @Nullable Path home;

  @Override
  public Integer call() throws Exception {
    if (tunnels < 1 || tunnels > InventoryGenerator.MAX_TUNNELS) {
      throw new CliException(
          Cli.USAGE,
          "expected --tunnels of 1 to %d but got %d"
              .formatted(InventoryGenerator.MAX_TUNNELS, tunnels));
    }
    long start = System.nanoTime();
    Path folder = home != null ? home : DemoEndpoints.home();
    DemoSettings settings =
        new DemoSettings(folder, tunnels, inventory, BROKER_PORT, REGISTRY_PORT);
    List<TunnelAnnounce> announces = Demo.inventory(settings);
    DemoEndpoints.find(folder)
        .ifPresent(
            running -> {
              throw new CliException(
                  "expected no other demo in %s but process %d runs one; stop it, or give this one another --home"
                      .formatted(folder, running.pid()));
            });
    if (fresh) {
      Deployment.forget(folder);
    }
    return run(settings, announces, start);
  }

  private int run(DemoSettings settings, List<TunnelAnnounce> announces, long start)
      throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    DemoConsole console = new DemoConsole(out, System.err, isTerminal());
    Map<Side, FollowedCluster> followed = Demo.followers();
    console.title("Pointsman demo; its state is in " + settings.home());
    try (Deployment deployment = Deployment.start(settings, followed, console)) {
      Thread stop = new Thread(deployment::close, "stop");
      Runtime.getRuntime().addShutdownHook(stop);
      DemoEndpoints endpoints =
          new DemoEndpoints(
              deployment.connection().bootstrapServers(),
              deployment.connection().schemaRegistryUrl(),
              ProcessHandle.current().pid());
      endpoints.write(settings.home());
      try {
        DemoReport report = Demo.run(deployment, followed, console, announces, start);
        console.title("Summary");
        report.lines().forEach(line -> out.println("  " + line));
        out.println(report.isGood() ? "  all is well" : "  not all is well");
        out.flush();
        if (json != null) {
          report.write(json);
        }
        if (!exit) {
          stayUp(console);
        }
        return report.isGood() ? Cli.OK : Cli.FAILED;
      } catch (Exception failure) {
        if (deployment.isEnding()) {
          return Cli.FAILED; // somebody ended it; the hook stops the parts
        }
        throw failure;
      } finally {
        DemoEndpoints.remove(settings.home());
        forgetHook(stop);
      }
    }
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private static void stayUp(DemoConsole console) throws InterruptedException {
    console.title("Everything stays up; try from another terminal, and end it with Ctrl-C:");
    for (String command :
        List.of(
            "./pointsman tunnel list --server rs-1",
            "./pointsman server list",
            "./pointsman server up rs-2",
            "./pointsman tunnel announce oslo --outer 192.0.2.7 --inner 192.168.7.0/28",
            "./pointsman topics list")) {
      console.line("", command);
    }
    new CountDownLatch(1).await();
  }

  private static void forgetHook(Thread hook) {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      return; // the hook is running: it stops the parts
    }
  }
}
