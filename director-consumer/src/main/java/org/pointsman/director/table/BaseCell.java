package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.ALONE_ADDRESS_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.ALONE_LENGTH_MASK;
import static org.pointsman.director.table.SteeringTableLayout.ALONE_LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_MASK;
import static org.pointsman.director.table.SteeringTableLayout.LENGTH_SHIFT;
import static org.pointsman.director.table.SteeringTableLayout.NARROW_FLAG;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;
import static org.pointsman.director.table.SteeringTableLayout.SMALL_FLAG;

/**
 * What the 32 bits of a base cell say of its /24 block: a server for all of it, a prefix that
 * stands alone in it and that no other covers, or the name of a group. 0 says that there is
 * nothing.
 */
final class BaseCell {
  static final int NOTHING = 0;

  private BaseCell() {}

  /** For a block that a prefix of up to 24 bits has, and no longer one any part of. */
  static int whole(int length, int server) {
    return length << LENGTH_SHIFT | server;
  }

  /** For a block in which there is one longer prefix. */
  static int alone(int address, int length, int server) {
    return (length - 24) << ALONE_LENGTH_SHIFT | (address & 0xff) << ALONE_ADDRESS_SHIFT | server;
  }

  /** Reader: the server of an address by a cell that names no group, or 0. */
  static int server(int cell, int address) {
    int asksFor = 0xff & 0xff00 >> (cell >>> ALONE_LENGTH_SHIFT & ALONE_LENGTH_MASK);
    return ((cell >>> ALONE_ADDRESS_SHIFT ^ address) & asksFor) == 0 ? cell & SERVER_MASK : 0;
  }

  static boolean isGroup(int cell) {
    return cell < 0;
  }

  /** Whether it names a group with 16 cells. */
  static boolean isSmall(int cell) {
    return isGroup(cell) && (cell & SMALL_FLAG) != 0;
  }

  /** Whether it names one whose cells have 8 bits. */
  static boolean isNarrow(int cell) {
    return isGroup(cell) && (cell & NARROW_FLAG) != 0;
  }

  static boolean isAlone(int cell) {
    return !isGroup(cell) && (cell >>> ALONE_LENGTH_SHIFT & ALONE_LENGTH_MASK) != 0;
  }

  /** The length of the prefix that stands alone. */
  static int aloneLength(int cell) {
    return 24 + (cell >>> ALONE_LENGTH_SHIFT & ALONE_LENGTH_MASK);
  }

  /** The last 8 bits of the address of the prefix that stands alone. */
  static int aloneAddress(int cell) {
    return cell >>> ALONE_ADDRESS_SHIFT & 0xff;
  }

  /** Whether a cell is of a kind that says of no prefix that it covers the block. */
  static boolean inheritsNothing(int cell) {
    return isAlone(cell) || isNarrow(cell);
  }

  /** The length of the prefix that covers the block; 0 if none does. */
  static int inheritedLength(int cell) {
    return inheritsNothing(cell) ? 0 : cell >>> LENGTH_SHIFT & LENGTH_MASK;
  }

  /** The same group, covered by a prefix of another length; of a narrow one the same. */
  static int withInheritedLength(int group, int length) {
    return isNarrow(group)
        ? group
        : (group & ~(LENGTH_MASK << LENGTH_SHIFT)) | length << LENGTH_SHIFT;
  }
}
