package org.pointsman.director.neighbour;

/** Neighbours cannot be asked for here. The message says what to do. */
public final class NeighbourException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NeighbourException(String message) {
    super(message);
  }
}
