package org.pointsman.nms.inventory;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which column stands where. */
final class InventoryHeader {
  /** Looks at no more titles than this: a file of a thousand columns is none of ours. */
  private static final int MAX_TITLES = 100;

  private final Map<InventoryColumn, Integer> positions;
  private final int columns;

  private InventoryHeader(Map<InventoryColumn, Integer> positions, int columns) {
    this.positions = positions;
    this.columns = columns;
  }

  /** How many fields each line has. */
  int columns() {
    return columns;
  }

  /** The value of {@code column} without the blanks around it; empty if the file lacks it. */
  String value(InventoryColumn column, List<String> fields) {
    Integer position = positions.get(column);
    return position == null ? "" : fields.get(position).strip();
  }

  /** The header that these titles make; none, and why in {@code faults}, if they make none. */
  static Optional<InventoryHeader> parse(int line, List<String> titles, List<Fault> faults) {
    int before = faults.size();
    Map<InventoryColumn, Integer> positions = new EnumMap<>(InventoryColumn.class);
    if (titles.stream().noneMatch(title -> InventoryColumn.titled(title.strip()).isPresent())) {
      faults.add(new Fault(line, null, noHeader(titles)));
      return Optional.empty();
    }
    for (int i = 0; i < Math.min(titles.size(), MAX_TITLES); i++) {
      String title = titles.get(i).strip();
      Optional<InventoryColumn> column = InventoryColumn.titled(title);
      if (column.isEmpty()) {
        faults.add(new Fault(line, null, unknown(i + 1, title)));
      } else if (positions.putIfAbsent(column.get(), i) != null) {
        faults.add(
            new Fault(
                line, column.get().title(), "expected the column once but it stands there twice"));
      }
    }
    for (InventoryColumn column : InventoryColumn.values()) {
      if (column.isRequired() && !positions.containsKey(column)) {
        faults.add(new Fault(line, column.title(), "expected this column but the header lacks it"));
      }
    }
    return faults.size() > before
        ? Optional.empty()
        : Optional.of(new InventoryHeader(positions, titles.size()));
  }

  private static String unknown(int position, String title) {
    return "expected only the columns %s but column %d is %s; take it out"
        .formatted(
            Arrays.stream(InventoryColumn.values())
                .map(InventoryColumn::title)
                .collect(Collectors.joining(", ")),
            position,
            title.isEmpty() ? "without a title" : "'" + title + "'");
  }

  private static String noHeader(List<String> titles) {
    String first = titles.getFirst();
    for (char separator : new char[] {';', '\t', '|'}) {
      if (first.indexOf(separator) >= 0) {
        return "expected columns separated by commas but got '%s'; write %s"
            .formatted(first, InventoryColumn.HEADER);
      }
    }
    return "expected the header %s but got '%s'; add it as the first line"
        .formatted(InventoryColumn.HEADER, String.join(",", titles));
  }
}
