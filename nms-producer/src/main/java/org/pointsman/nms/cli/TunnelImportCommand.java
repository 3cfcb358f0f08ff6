package org.pointsman.nms.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.CliException;
import org.pointsman.nms.inventory.Inventory;
import org.pointsman.nms.inventory.InventoryReader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Announces every tunnel of an inventory. */
@Command(
    name = "import",
    description = {
      "Announce every tunnel of an inventory. The whole file is checked first; if a line is bad,"
          + " nothing is published.",
      "An import that was interrupted can be repeated: what is there already changes nothing."
    })
final class TunnelImportCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";
  private static final int LONG = 500;

  @Parameters(
      paramLabel = "FILE.csv",
      description =
          "Columns id,cluster,outer_addresses,inner_subnets,expected_bps; several addresses or"
              + " subnets separated by semicolons. - for standard input.")
  private String file = STANDARD_INPUT;

  @Option(names = "--skip-bad", description = "Publish the good lines though others are bad.")
  private boolean skipBad;

  @Option(names = "--no-progress", description = "No progress bar on long imports.")
  private boolean noProgress;

  @Mixin private final EventOptions options = new EventOptions();
  @ParentCommand private @Nullable TunnelCommand parent;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine terminal = Objects.requireNonNull(spec).commandLine();
    Inventory inventory = read();
    check(inventory, terminal.getErr());
    boolean showsProgress =
        !noProgress && inventory.lines().size() >= LONG && StandardError.isTerminal();
    return new TunnelImport(
            Objects.requireNonNull(parent).connector(), options, terminal, showsProgress)
        .run(inventory);
  }

  private Inventory read() {
    InventoryReader reader = new InventoryReader(options.cluster().cluster());
    try {
      return file.equals(STANDARD_INPUT) ? reader.read(System.in) : reader.read(Path.of(file));
    } catch (NoSuchFileException missing) {
      throw new CliException(
          "expected an inventory in %s but there is no such file".formatted(file));
    } catch (IOException unreadable) {
      throw new CliException(
          "expected an inventory in %s but it cannot be read: %s".formatted(file, unreadable));
    }
  }

  /**
   * Tells all that is wrong; ends the command unless the good lines are wanted and there are any.
   */
  private void check(Inventory inventory, PrintWriter err) {
    inventory.faults().forEach(err::println);
    int bad = inventory.badLines();
    int all = inventory.lines().size() + bad;
    if (!inventory.isGood() && !skipBad) {
      throw new CliException(
          "%s of %s bad; nothing was published. Mend %s, or publish the others with --skip-bad"
              .formatted(
                  Texts.count(bad),
                  Texts.count(all, "line") + (bad == 1 ? " is" : " are"),
                  bad == 1 ? "it" : "them"));
    }
    if (inventory.lines().isEmpty()) {
      throw new CliException("expected a good line but there is none; nothing was published");
    }
    if (bad > 0) {
      err.printf("passing over %s of %s%n", Texts.count(bad), Texts.count(all, "line"));
    }
  }
}
