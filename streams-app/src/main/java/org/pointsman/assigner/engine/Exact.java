package org.pointsman.assigner.engine;

/** Arithmetic without rounding and without overflow, so that every machine decides alike. */
final class Exact {
  private Exact() {}

  /** Compares {@code a·b} with {@code c·d} to the last bit; each factor 0 or more. */
  static int compareProducts(long a, long b, long c, long d) {
    int byHigh = Long.compare(Math.multiplyHigh(a, b), Math.multiplyHigh(c, d));
    return byHigh != 0 ? byHigh : Long.compareUnsigned(a * b, c * d);
  }

  /** The sum of two numbers of 0 or more, or the greatest long if it is greater. */
  static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
