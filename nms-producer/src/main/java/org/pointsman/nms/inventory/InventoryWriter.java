package org.pointsman.nms.inventory;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.Collectors;
import org.pointsman.model.ClusterId;
import org.pointsman.model.TunnelAnnounce;

/**
 * Writes an inventory that {@link InventoryReader} reads back as it was: the header, then a line
 * for each tunnel. Made for UTF-8; a writer of another encoding gives what no reader takes.
 */
public final class InventoryWriter implements Closeable {
  private final CsvWriter csv;

  /** Writes the header at once. */
  public InventoryWriter(Writer writer) {
    csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(writer);
    csv.writeRecord(InventoryColumn.HEADER.split(","));
  }

  public void write(ClusterId cluster, TunnelAnnounce announce) {
    csv.writeRecord(
        announce.tunnel().value(),
        cluster.value(),
        joined(announce.outerAddresses()),
        joined(announce.innerSubnets()),
        Long.toString(announce.expectedBitsPerSecond()));
  }

  public void flush() throws IOException {
    csv.flush();
  }

  /** Closes the underlying writer too. */
  @Override
  public void close() throws IOException {
    csv.close();
  }

  private static String joined(List<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(";"));
  }
}
