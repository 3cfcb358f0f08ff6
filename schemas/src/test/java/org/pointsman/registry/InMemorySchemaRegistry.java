package org.pointsman.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** A registry in memory, for tests; it can be told to be away. */
public final class InMemorySchemaRegistry implements SchemaRegistry {
  private final List<Schema> schemas = new ArrayList<>();
  private final Map<String, List<Schema>> subjects = new TreeMap<>();
  private final Map<String, CompatibilityLevel> levels = new HashMap<>();
  private boolean isAway;

  /** From now on it answers, or does not. */
  public synchronized void setAway(boolean isAway) {
    this.isAway = isAway;
  }

  private void answerOrNot() {
    if (isAway) {
      throw new RegistryUnavailableException("expected an answer but the registry is away", null);
    }
  }

  @Override
  public synchronized int register(String subject, Schema schema) {
    answerOrNot();
    if (!schemas.contains(schema)) {
      schemas.add(schema);
    }
    List<Schema> versions = subjects.computeIfAbsent(subject, _ -> new ArrayList<>());
    if (!versions.contains(schema)) {
      versions.add(schema);
    }
    return schemas.indexOf(schema) + 1;
  }

  @Override
  public synchronized Schema byId(int id) {
    answerOrNot();
    if (id < 1 || id > schemas.size()) {
      throw new RegistryRefusalException("Schema " + id + " not found", 404, 40403);
    }
    return schemas.get(id - 1);
  }

  @Override
  public synchronized Optional<RegisteredSchema> lookup(String subject, Schema schema) {
    answerOrNot();
    List<Schema> versions = subjects.getOrDefault(subject, List.of());
    return versions.contains(schema)
        ? Optional.of(registered(subject, versions, versions.indexOf(schema)))
        : Optional.empty();
  }

  @Override
  public synchronized Optional<RegisteredSchema> latest(String subject) {
    answerOrNot();
    List<Schema> versions = subjects.getOrDefault(subject, List.of());
    return versions.isEmpty()
        ? Optional.empty()
        : Optional.of(registered(subject, versions, versions.size() - 1));
  }

  private RegisteredSchema registered(String subject, List<Schema> versions, int index) {
    Schema schema = versions.get(index);
    return new RegisteredSchema(subject, index + 1, schemas.indexOf(schema) + 1, schema);
  }

  @Override
  public synchronized boolean isCompatible(String subject, Schema schema) {
    answerOrNot();
    return true;
  }

  @Override
  public synchronized CompatibilityLevel compatibility(String subject) {
    answerOrNot();
    return levels.getOrDefault(subject, CompatibilityLevel.NONE);
  }

  @Override
  public synchronized void setCompatibility(String subject, CompatibilityLevel level) {
    answerOrNot();
    levels.put(subject, level);
  }

  @Override
  public synchronized List<String> subjects() {
    answerOrNot();
    return List.copyOf(subjects.keySet());
  }

  @Override
  public void close() {}
}
