package org.pointsman.nms.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pointsman.cli.Cli;
import org.pointsman.cli.CliException;
import org.pointsman.model.ClusterId;
import org.pointsman.nms.inventory.InventoryGenerator;
import org.pointsman.nms.inventory.InventoryLine;
import org.pointsman.nms.inventory.InventoryWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes up an inventory; needs no deployment. */
@Command(
    name = "generate",
    description = "Make up an inventory, to try things out; the same for the same seed.")
final class TunnelGenerateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "COUNT",
      description = "How many tunnels, at most " + InventoryGenerator.MAX_TUNNELS + ".")
  private int count;

  @Option(
      names = {"-c", "--cluster"},
      paramLabel = "CLUSTER",
      defaultValue = ClusterOptions.DEFAULT_CLUSTER,
      description = "Their cluster. Default: ${DEFAULT-VALUE}.")
  private ClusterId cluster = new ClusterId(ClusterOptions.DEFAULT_CLUSTER);

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Another one gives other addresses. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE.csv",
      description = "Where to write. Default: standard output.")
  private @Nullable Path file;

  @Mixin final HelpOptions help = new HelpOptions();
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (count < 0 || count > InventoryGenerator.MAX_TUNNELS) {
      throw new CliException(
          Cli.USAGE,
          "expected 0 to %d tunnels but got %d".formatted(InventoryGenerator.MAX_TUNNELS, count));
    }
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    try (Writer writer =
        file == null
            ? new StandardOutput(out)
            : Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      write(new InventoryWriter(writer));
    } catch (IOException unwritable) {
      throw new CliException(
          "expected to write to %s but %s"
              .formatted(file == null ? "standard output" : file, unwritable));
    }
    return Cli.OK;
  }

  private void write(InventoryWriter inventory) throws IOException {
    Iterator<InventoryLine> lines =
        new InventoryGenerator(cluster, seed).generate(count).iterator();
    while (lines.hasNext()) {
      InventoryLine line = lines.next();
      inventory.write(line.cluster(), line.announce());
    }
    inventory.flush();
  }

  /** Stays open, and says when nobody reads it any more: a print writer would keep quiet. */
  private static final class StandardOutput extends FilterWriter {
    private final PrintWriter standardOutput;

    StandardOutput(PrintWriter standardOutput) {
      super(standardOutput);
      this.standardOutput = standardOutput;
    }

    @Override
    public void flush() throws IOException {
      if (standardOutput.checkError()) {
        throw new IOException("nobody reads it");
      }
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
