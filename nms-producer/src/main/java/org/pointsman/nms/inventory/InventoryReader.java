package org.pointsman.nms.inventory;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterId;

/**
 * Reads an inventory: {@code id,cluster,outer_addresses,inner_subnets,expected_bps}.
 *
 * <pre>
 * # the sites of the north
 * id,cluster,outer_addresses,inner_subnets,expected_bps
 * oslo,north,192.0.2.7,10.1.2.0/28,10000000
 * bergen,north,198.51.100.3;2001:db8::3,10.4.0.0/27;2001:db8:4::/48,
 * </pre>
 *
 * <ul>
 *   <li>UTF-8, with or without a byte order mark; lines end with LF, CR LF or CR.
 *   <li>The first line that is neither empty nor a comment is the header. Columns may come in any
 *       order, titles in any case; {@code cluster} and {@code expected_bps} may be left out.
 *   <li>Fields may be quoted as in RFC 4180 §2, save that none holds a line break: no value has
 *       one, and so a forgotten quote costs its own line and not the rest of the file.
 *   <li>Blanks around a value are nothing. Empty lines and lines that start with {@code #} are
 *       passed over: no value starts with that.
 *   <li>Several addresses or subnets are separated by semicolons. Numbers are written in digits.
 * </ul>
 *
 * <p>Bad lines never end the reading: all that is wrong is reported, each with its line and column.
 * Beyond what a tunnel needs by itself, a tunnel must stand in its cluster once, and no two tunnels
 * of a cluster may have the same inner subnet. Only the names and subnets seen are kept in memory.
 */
public final class InventoryReader {
  private static final CsvReader.CsvReaderBuilder CSV =
      CsvReader.builder()
          .commentStrategy(CommentStrategy.NONE)
          .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
          .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
          .allowUnclosedQuote(false);

  private final ClusterId defaultCluster;

  /** What becomes of a file's lines, in the file's order. */
  public interface Visitor {
    /** A line with nothing wrong. */
    void good(InventoryLine line);

    /** Something wrong; a line may have several. */
    void fault(Fault fault);
  }

  /**
   * @param defaultCluster the cluster of the lines that name none
   */
  public InventoryReader(ClusterId defaultCluster) {
    this.defaultCluster = defaultCluster;
  }

  /**
   * Reads a whole file.
   *
   * @throws IOException if the file cannot be read
   */
  public Inventory read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    }
  }

  /**
   * Reads a whole stream and leaves it open.
   *
   * @throws IOException if it cannot be read
   */
  public Inventory read(InputStream in) throws IOException {
    List<InventoryLine> lines = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    read(
        in,
        new Visitor() {
          @Override
          public void good(InventoryLine line) {
            lines.add(line);
          }

          @Override
          public void fault(Fault fault) {
            faults.add(fault);
          }
        });
    return new Inventory(lines, faults);
  }

  /**
   * Reads a stream line by line and leaves it open.
   *
   * @throws IOException if it cannot be read
   */
  public void read(InputStream in, Visitor visitor) throws IOException {
    try {
      read(new Utf8Lines(in), visitor);
    } catch (UncheckedIOException cannotRead) {
      throw cannotRead.getCause();
    }
  }

  private void read(Utf8Lines lines, Visitor visitor) {
    Utf8Lines.Line first = nextOf(lines);
    if (first == null) {
      visitor.fault(
          new Fault(
              Math.max(1, lines.number()),
              null,
              "expected the header %s but the file is empty".formatted(InventoryColumn.HEADER)));
      return;
    }
    List<Fault> faults = new ArrayList<>();
    Optional<InventoryHeader> header =
        split(first, faults)
            .flatMap(titles -> InventoryHeader.parse(first.number(), titles, faults));
    faults.forEach(visitor::fault);
    if (header.isEmpty()) {
      return; // without its header no line means anything
    }
    LineParser parser = new LineParser(header.get(), defaultCluster);
    Utf8Lines.Line line = nextOf(lines);
    if (line == null) {
      visitor.fault(
          new Fault(
              lines.number(), null, "expected a line for each tunnel but there is only a header"));
    }
    for (; line != null; line = nextOf(lines)) {
      parse(line, parser, visitor);
    }
  }

  private static void parse(Utf8Lines.Line line, LineParser parser, Visitor visitor) {
    List<Fault> faults = new ArrayList<>(0);
    Optional<InventoryLine> good =
        split(line, faults).flatMap(fields -> parser.parse(line.number(), fields, faults));
    faults.forEach(visitor::fault);
    good.ifPresent(visitor::good);
  }

  /** The next line that is neither empty nor a comment, or null at the end. */
  private static Utf8Lines.@Nullable Line nextOf(Utf8Lines lines) {
    Utf8Lines.Line line = lines.next();
    while (line != null && line.fault() == null && isPassedOver(line.text())) {
      line = lines.next();
    }
    return line;
  }

  private static boolean isPassedOver(String text) {
    return text.isBlank() || text.startsWith("#");
  }

  private static Optional<List<String>> split(Utf8Lines.Line line, List<Fault> faults) {
    Fault unreadable = line.fault();
    if (unreadable != null) {
      faults.add(unreadable);
      return Optional.empty();
    }
    CsvRecordHandler handler =
        CsvRecordHandler.of(limits -> limits.maxFields(Utf8Lines.MAX_LINE_BYTES + 1));
    try (CsvReader<CsvRecord> reader = CSV.build(handler, line.text())) {
      return Optional.of(reader.iterator().next().getFields());
    } catch (CsvParseException badQuotes) {
      faults.add(
          new Fault(
              line.number(),
              null,
              "expected each quoted field to end with a quote before the next comma or the line's"
                  + " end but one does not; double the quotes inside it"));
      return Optional.empty();
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from a string", impossible);
    }
  }
}
