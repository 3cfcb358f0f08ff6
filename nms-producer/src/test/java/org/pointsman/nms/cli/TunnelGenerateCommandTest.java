package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.cli.Cli;
import org.pointsman.model.ClusterId;
import org.pointsman.nms.inventory.Inventory;
import org.pointsman.nms.inventory.InventoryReader;

class TunnelGenerateCommandTest {
  @TempDir Path folder;

  private static Run run(String line) {
    return Run.of(new TunnelCommand(), line);
  }

  private static Inventory read(String csv) throws IOException {
    try (InputStream in = new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8))) {
      return new InventoryReader(new ClusterId("other")).read(in);
    }
  }

  @Test
  void itWritesAnInventoryThatImportReads() throws IOException {
    Run run = run("generate 500 --cluster north");

    assertThat(run.exitCode()).isZero();
    Inventory inventory = read(run.out());
    assertThat(inventory.faults()).isEmpty();
    assertThat(inventory.lines()).hasSize(500);
    assertThat(inventory.clusters()).containsExactly(new ClusterId("north"));
  }

  @Test
  void theSeedDecides() {
    assertThat(run("generate 5 --seed 7").out()).isEqualTo(run("generate 5 --seed 7").out());
    assertThat(run("generate 5 --seed 7").out()).isNotEqualTo(run("generate 5 --seed 8").out());
  }

  @Test
  void aFileGetsTheSame() throws IOException {
    Path file = folder.resolve("made-up.csv");

    Run run = run("generate 5 --out " + file);

    assertThat(run).isEqualTo(new Run(0, "", ""));
    assertThat(file).content().isEqualTo(run("generate 5").out());
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    Run run = run("generate 5 --out " + folder.resolve("no/such/file.csv"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("expected to write to " + folder);
    assertThat(Files.exists(folder.resolve("no"))).isFalse();
  }

  @Test
  void standardOutputThatNobodyReadsFails() {
    Writer closed =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("broken pipe");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };

    int exitCode =
        Cli.commandLine(new TunnelCommand())
            .setOut(new PrintWriter(closed))
            .setErr(new PrintWriter(Writer.nullWriter()))
            .execute("generate", "5");

    assertThat(exitCode).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "generate -1", "generate 1048577", "generate many"})
  void aBadCountIsRefused(String line) {
    assertThat(run(line).exitCode()).isEqualTo(2);
  }
}
