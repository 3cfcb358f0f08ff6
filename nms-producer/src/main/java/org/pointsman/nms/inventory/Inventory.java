package org.pointsman.nms.inventory;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.pointsman.model.ClusterId;

/**
 * What a file says: its good lines, and all that is wrong with the others.
 *
 * @param lines the lines with nothing wrong, in the file's order
 * @param faults everything that is wrong, in the file's order; a line may have several
 */
public record Inventory(List<InventoryLine> lines, List<Fault> faults) {
  public Inventory {
    lines = List.copyOf(lines);
    faults = List.copyOf(faults);
  }

  /** True if nothing is wrong. */
  public boolean isGood() {
    return faults.isEmpty();
  }

  /** How many lines have something wrong with them. */
  public int badLines() {
    return (int) faults.stream().mapToInt(Fault::line).distinct().count();
  }

  /** The clusters of the good lines, in the order in which they first come. */
  public SequencedSet<ClusterId> clusters() {
    return lines.stream()
        .map(InventoryLine::cluster)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
