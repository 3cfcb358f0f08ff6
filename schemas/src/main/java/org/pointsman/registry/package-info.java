/**
 * The client of a schema registry that speaks Confluent's REST API, such as Confluent's own,
 * Apicurio's compatible API, or the quickstart's. For the codec; it knows nothing of Pointsman's
 * records.
 */
@NullMarked
package org.pointsman.registry;

import org.jspecify.annotations.NullMarked;
