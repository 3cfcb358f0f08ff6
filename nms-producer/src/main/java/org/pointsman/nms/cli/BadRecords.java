package org.pointsman.nms.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import org.pointsman.codec.RecordFormatException;

/** Tells of records that could not be read: the first ones, and at the end how many more. */
final class BadRecords implements Consumer<RecordFormatException>, AutoCloseable {
  private static final int MOST_TOLD = 20;

  private final PrintWriter err;
  private int seen;

  BadRecords(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void accept(RecordFormatException bad) {
    seen++;
    if (seen <= MOST_TOLD) {
      err.println("passed over: " + bad.getMessage());
    }
  }

  @Override
  public void close() {
    if (seen > MOST_TOLD) {
      err.println("passed over: " + Texts.count(seen - MOST_TOLD, "more record"));
    }
  }
}
