/**
 * The bytes of Pointsman's records: domain values ⇄ Avro ⇄ Confluent's wire format, as ordinary
 * Kafka serializers. Avro's classes stop here; no other package sees them.
 */
@NullMarked
package org.pointsman.codec;

import org.jspecify.annotations.NullMarked;
