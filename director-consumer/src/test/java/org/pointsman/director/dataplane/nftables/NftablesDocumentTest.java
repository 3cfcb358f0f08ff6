package org.pointsman.director.dataplane.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.GoldenPackets.Golden;

/** docs/director.md lists the differences from the contract that the contract's test knows. */
final class NftablesDocumentTest {
  @Test
  void everyDifferenceIsToldAndConcernsRowsOfTheContract() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "director.md"));
    List<String> rows = GoldenPackets.all().stream().map(Golden::description).toList();
    for (NftablesDifference difference : NftablesDifference.ALL) {
      assertThat(page.lines().filter(line -> line.startsWith("| " + difference.what() + " |")))
          .as(difference.what())
          .singleElement()
          .satisfies(
              line -> assertThat(line.endsWith("| steered |")).isEqualTo(difference.isSteered()));
      assertThat(rows).containsAll(difference.rows());
    }
  }
}
