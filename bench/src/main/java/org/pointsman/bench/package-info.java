/**
 * Benchmarks. Each is a class {@code XBenchmark} with a main method, which {@code bench/run x}
 * starts; the first sentence above the class is what {@code bench/run} alone says of it. Most are
 * measured by JMH, whose options they take; those that start Kafka measure by themselves.
 *
 * <p>They may use every module. Nothing uses them, and no test runs one: a figure that depends on
 * the machine is for reading, not for failing a build.
 */
@NullMarked
package org.pointsman.bench;

import org.jspecify.annotations.NullMarked;
