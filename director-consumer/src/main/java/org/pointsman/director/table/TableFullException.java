package org.pointsman.director.table;

/** There is no room for one more entry; the table is unchanged. The message says what to do. */
public final class TableFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TableFullException(String what, long capacity) {
    super(
        "expected room for one more %s but all %,d are taken; start with a larger --max-tunnels"
            .formatted(what, capacity));
  }
}
