/**
 * The assigner as a program: its settings, its Kafka Streams client, its command line. What it
 * decides is in {@code engine}, how it reads and writes in {@code topology}.
 */
@NullMarked
package org.pointsman.assigner;

import org.jspecify.annotations.NullMarked;
