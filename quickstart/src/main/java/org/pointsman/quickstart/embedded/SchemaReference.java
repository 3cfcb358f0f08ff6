package org.pointsman.quickstart.embedded;

/**
 * A schema that uses a type of another subject's.
 *
 * @param name the full name of the type
 * @param subject where the type is registered
 * @param version from 1
 */
record SchemaReference(String name, String subject, int version) {}
