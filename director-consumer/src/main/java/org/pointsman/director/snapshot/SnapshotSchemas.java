package org.pointsman.director.snapshot;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.pointsman.codec.RecordSchemas;
import org.pointsman.registry.CompatibilityLevel;
import org.pointsman.registry.RegisteredSchema;
import org.pointsman.registry.RegistryRefusalException;
import org.pointsman.registry.SchemaRegistry;

/**
 * The schemas that stand in a snapshot, as the codec asks for them: a schema's id is its place,
 * from 1. So a snapshot is read without a registry, and by another release like any record.
 */
record SnapshotSchemas(List<Schema> schemas) implements SchemaRegistry {

  /** Of what this release writes. */
  static SnapshotSchemas current() {
    return new SnapshotSchemas(
        List.of(
            RecordSchemas.named("Assignment"),
            RecordSchemas.named("RealServer"),
            RecordSchemas.named("ClusterConfig")));
  }

  @Override
  public int register(String subject, Schema schema) {
    int index = schemas.indexOf(schema);
    if (index < 0) {
      throw new RegistryRefusalException(
          schema.getName() + " has no place in a snapshot", 409, 409);
    }
    return index + 1;
  }

  @Override
  public Schema byId(int id) {
    if (id < 1 || id > schemas.size()) {
      throw new RegistryRefusalException("the snapshot has no schema " + id, 404, 40403);
    }
    return schemas.get(id - 1);
  }

  @Override
  public Optional<RegisteredSchema> lookup(String subject, Schema schema) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<RegisteredSchema> latest(String subject) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isCompatible(String subject, Schema schema) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompatibilityLevel compatibility(String subject) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setCompatibility(String subject, CompatibilityLevel level) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> subjects() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
