package org.pointsman.director.packet;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;
import org.pointsman.model.IpAddress;

/** A few addresses, asked for without allocating. Immutable. */
public final class AddressSet {
  public static final AddressSet EMPTY = of(List.of());

  private final int[] v4;
  private final long[] v6; // upper and lower halves in turn

  private AddressSet(int[] v4, long[] v6) {
    this.v4 = v4;
    this.v6 = v6;
  }

  public static AddressSet of(Collection<IpAddress> addresses) {
    int[] v4 =
        addresses.stream().filter(IpAddress::isV4).mapToInt(a -> (int) a.low()).sorted().toArray();
    long[] v6 =
        addresses.stream()
            .filter(address -> !address.isV4())
            .flatMapToLong(a -> LongStream.of(a.high(), a.low()))
            .toArray();
    return new AddressSet(v4, v6);
  }

  boolean containsV4(int address) {
    return Arrays.binarySearch(v4, address) >= 0;
  }

  boolean containsV6(long high, long low) {
    for (int i = 0; i < v6.length; i += 2) {
      if (v6[i] == high && v6[i + 1] == low) {
        return true;
      }
    }
    return false;
  }
}
