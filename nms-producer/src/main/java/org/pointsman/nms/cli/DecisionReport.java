package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pointsman.model.Decision;
import org.pointsman.model.EntityKey;

/**
 * The decisions on one event, for people: each in a line while they are few; if they are many, how
 * many tunnels went where. Keeps a few lines, whatever the number.
 */
final class DecisionReport {
  static final int MOST_LINES = 20;

  private final List<String> lines = new ArrayList<>();
  private final List<String> linesOfOthers = new ArrayList<>();
  private final Map<String, Integer> tunnels = new TreeMap<>();
  private int total;

  void add(Decision decision) {
    total++;
    boolean isTunnel = decision.key() instanceof EntityKey.Tunnel;
    if (isTunnel) {
      tunnels.merge(DecisionText.kind(decision), 1, Integer::sum);
    }
    if (lines.size() < MOST_LINES) {
      lines.add(DecisionText.line(decision));
    }
    if (!isTunnel && linesOfOthers.size() < MOST_LINES) {
      linesOfOthers.add(DecisionText.line(decision));
    }
  }

  void print(PrintWriter out) {
    if (total <= MOST_LINES) {
      lines.forEach(out::println);
      return;
    }
    out.println(Texts.count(total) + " decisions:");
    linesOfOthers.forEach(out::println);
    tunnels.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .forEach(kind -> out.println(Texts.count(kind.getValue(), "tunnel") + " " + kind.getKey()));
  }
}
