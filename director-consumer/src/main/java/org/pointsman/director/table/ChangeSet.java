package org.pointsman.director.table;

import java.util.List;

/**
 * What a batch of records means for a data plane. Each key stands at most once, in one of the two
 * lists. The updates are to be made first, so that an address that goes from one prefix to another
 * is covered all the time.
 *
 * @param updates what is new or different: servers before what names them
 * @param deletes what is to go: servers after what named them
 * @param staleRecords how many records were older than what was known, and ignored
 * @param problems a sentence for each thing that could not be done
 */
public record ChangeSet(
    List<Entry> updates, List<Entry.Key> deletes, int staleRecords, List<String> problems) {
  public ChangeSet {
    updates = List.copyOf(updates);
    deletes = List.copyOf(deletes);
    problems = List.copyOf(problems);
  }

  public boolean isEmpty() {
    return updates.isEmpty() && deletes.isEmpty();
  }
}
