package org.pointsman.registry;

import org.apache.avro.Schema;

/**
 * A version of a subject.
 *
 * @param subject the name under which schemas evolve
 * @param version from 1
 * @param id the schema's id, the same in all subjects
 * @param schema what it says
 */
public record RegisteredSchema(String subject, int version, int id, Schema schema) {}
