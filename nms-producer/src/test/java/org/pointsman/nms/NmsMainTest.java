package org.pointsman.nms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class NmsMainTest {

  private static List<CommandLine> commands() {
    List<CommandLine> all = new ArrayList<>();
    Deque<CommandLine> left = new ArrayDeque<>(List.of(NmsMain.commandLine()));
    while (!left.isEmpty()) {
      CommandLine next = left.pop();
      all.add(next);
      left.addAll(next.getSubcommands().values());
    }
    return all;
  }

  @Test
  void everyCommandIsThere() {
    assertThat(commands().stream().map(line -> line.getCommandSpec().qualifiedName(" ")))
        .contains(
            "pointsman tunnel announce",
            "pointsman tunnel up",
            "pointsman tunnel down",
            "pointsman tunnel withdraw",
            "pointsman tunnel pin",
            "pointsman tunnel unpin",
            "pointsman tunnel import",
            "pointsman tunnel generate",
            "pointsman tunnel list",
            "pointsman server register",
            "pointsman server up",
            "pointsman server down",
            "pointsman server drain",
            "pointsman server flush",
            "pointsman server activate",
            "pointsman server remove",
            "pointsman server list",
            "pointsman cluster configure",
            "pointsman cluster rebalance",
            "pointsman cluster show",
            "pointsman topics create",
            "pointsman topics list");
  }

  @Test
  void everyCommandHasHelp() {
    for (CommandLine command : commands()) {
      StringWriter out = new StringWriter();
      command.setOut(new PrintWriter(out));

      assertThat(command.execute("--help")).as(command.getCommandName()).isZero();
      assertThat(out.toString()).contains("Usage: " + command.getCommandSpec().qualifiedName(" "));
    }
  }

  @Test
  void theHelpOfACommandTellsItsExitCodes() {
    for (String noun : List.of("tunnel", "server", "cluster")) {
      CommandLine command =
          Objects.requireNonNull(NmsMain.commandLine().getSubcommands().get(noun));
      assertThat(command.getUsageMessage()).contains("Exit codes:");
      for (CommandLine verb : command.getSubcommands().values()) {
        String[] codes =
            verb.getCommandName().equals("announce") // the one that waits for the directors
                ? new String[] {
                  "Exit codes:\n  0   every live director steers it",
                  "\n  1   rejected, or failed",
                  "\n  2   not steered in time"
                }
                : new String[] {
                  "Exit codes:\n  0   done\n  1   failed, rejected,", "  2   the command line"
                };
        assertThat(verb.getUsageMessage())
            .as(verb.getCommandSpec().qualifiedName(" "))
            .contains(codes);
      }
    }
  }

  /** The command lines of docker-compose.yml. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "server register rs-1 --address 10.0.0.11 --mac 02:00:5e:00:00:11",
        "tunnel announce sunset --outer 192.0.2.7 --inner 10.1.2.0/28",
        "tunnel list",
        "topics create --replication-factor 1"
      })
  void theContainersCommandLinesAreRight(String line) {
    assertThat(NmsMain.commandLine().parseArgs(line.split(" ", -1)).errors()).isEmpty();
  }

  @Test
  void completionKnowsTheCommands() {
    StringWriter out = new StringWriter();

    int exitCode = NmsMain.commandLine().setOut(new PrintWriter(out, true)).execute("completion");

    assertThat(exitCode).isZero();
    assertThat(out.toString()).contains("tunnel", "announce", "--inner", "rebalance");
  }
}
