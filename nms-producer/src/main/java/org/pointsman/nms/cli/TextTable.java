package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows under titles, in columns as wide as their widest value. A title that starts with a blank
 * stands over numbers, which end where it ends.
 */
final class TextTable {
  private static final String GAP = "  ";

  private final List<String> titles;
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... titles) {
    this.titles = List.of(titles);
  }

  void row(Object... values) {
    List<String> row = new ArrayList<>(values.length);
    for (Object value : values) {
      row.add(String.valueOf(value));
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    int[] widths = new int[titles.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = titles.get(column).strip().length();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    out.println(line(titles, widths));
    rows.forEach(row -> out.println(line(row, widths)));
  }

  private String line(List<String> values, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String value = values.get(column).strip();
      String padding = " ".repeat(widths[column] - value.length());
      boolean isNumber = titles.get(column).startsWith(" ");
      line.append(isNumber ? padding + value : value + padding).append(GAP);
    }
    return line.toString().stripTrailing();
  }
}
