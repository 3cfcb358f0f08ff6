package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterRebalance;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.Policy;
import org.pointsman.model.ServerId;
import picocli.CommandLine;

/**
 * Prints what a rebalance would do, every move of it, and sends nothing.
 *
 * <p>The moves follow from the assignments alone and are those that a rebalance now would make. It
 * may also make room for pending tunnels; by {@link Policy#ROUND_ROBIN} their server depends on
 * whose turn it is, which the assignments do not tell, so that is said.
 */
final class RebalanceDryRun {
  private final NmsConnector connector;
  private final @Nullable RebalancePlanner planner;
  private final CommandLine terminal;

  RebalanceDryRun(
      NmsConnector connector, @Nullable RebalancePlanner planner, CommandLine terminal) {
    this.connector = connector;
    this.planner = planner;
    this.terminal = terminal;
  }

  /**
   * Plans and prints.
   *
   * @return the exit code
   * @throws CliException if the engine is not here, or the topic cannot be read
   */
  int print(ClusterOptions options, ClusterRebalance rebalance) {
    if (planner == null) {
      throw new CliException(
          "expected the assigner's engine to plan with but it is not part of this installation; run"
              + " './pointsman cluster rebalance --dry-run' from a clone, or rebalance without"
              + " --dry-run");
    }
    ClusterContents contents = ListOptions.read(options, connector, terminal);
    PrintWriter out = terminal.getOut();
    switch (planner.plan(options.cluster(), contents.entities(), rebalance)) {
      case RebalancePlanner.Plan.Nothing(String why) -> out.println("nothing would move: " + why);
      case RebalancePlanner.Plan.Changes(List<Decision> decisions) ->
          print(contents, decisions, out);
    }
    out.println("dry run: nothing was sent");
    return Cli.OK;
  }

  private static void print(ClusterContents contents, List<Decision> decisions, PrintWriter out) {
    decisions.forEach(decision -> out.println(DecisionText.line(decision)));
    SortedMap<ServerId, Integer> before = new TreeMap<>();
    contents.servers().forEach(server -> before.put(server.server(), 0));
    contents.loads().forEach((server, load) -> before.put(server, load.tunnels()));
    SortedMap<ServerId, Integer> after = new TreeMap<>(before);
    boolean pendingAreServed = false;
    for (Decision decision : decisions) {
      count(decision.before() instanceof Assignment was ? was.server() : null, -1, after);
      count(decision.after() instanceof Assignment is ? is.server() : null, 1, after);
      pendingAreServed |= decision.reason() == DecisionReason.ASSIGNED;
    }
    before.forEach(
        (server, tunnels) ->
            out.printf(
                "%s: %s → %s%n",
                server,
                Texts.count(tunnels),
                Texts.count(after.getOrDefault(server, 0), "tunnel")));
    if (pendingAreServed && contents.config().policy() == Policy.ROUND_ROBIN) {
      out.println(
          "the servers of tunnels that are pending now depend on whose turn it will be then");
    }
  }

  private static void count(
      @Nullable ServerId server, int more, SortedMap<ServerId, Integer> tunnels) {
    if (server != null) {
      tunnels.merge(server, more, Integer::sum);
    }
  }
}
