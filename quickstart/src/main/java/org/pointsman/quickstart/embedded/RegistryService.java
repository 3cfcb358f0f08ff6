package org.pointsman.quickstart.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.pointsman.quickstart.embedded.SchemaStore.Scope;
import org.pointsman.registry.CompatibilityLevel;

/**
 * What the registry does, without HTTP. One write at a time looks at the whole log, decides, and
 * waits until the log has it, so no id or version is ever given twice. Reads wait for nobody.
 */
final class RegistryService implements AutoCloseable {
  private final SchemaStore store;
  private final SchemaLog log;
  private final ReentrantLock writing = new ReentrantLock();

  RegistryService(SchemaStore store, SchemaLog log) {
    this.store = store;
    this.log = log;
  }

  SchemaStore store() {
    return store;
  }

  /**
   * The id of the schema, which is a version of the subject afterwards. Registering again what is
   * there changes nothing.
   *
   * @param version the number that the version must get; null for whichever comes
   */
  int register(String subject, SchemaContent given, boolean normalize, @Nullable Integer version) {
    AvroSchemas.Parsed parsed = AvroSchemas.parse(given, store, true);
    SchemaContent content = canonical(given, parsed, normalize);
    Optional<StoredSchema> known = store.find(subject, content, Scope.LIVE);
    if (known.isPresent()) {
      return known.get().id();
    }
    return write(() -> registerNew(subject, content, parsed.schema(), version));
  }

  private int registerNew(
      String subject, SchemaContent content, Schema schema, @Nullable Integer version) {
    Optional<StoredSchema> known = store.find(subject, content, Scope.LIVE);
    if (known.isPresent()) {
      return known.get().id();
    }
    int next = store.nextVersion(subject);
    if (version != null && version > 0 && version != next) {
      throw RegistryException.invalidSchema(
          "expected version %d of subject %s to come next, but the request is for %d; leave the version out"
              .formatted(next, subject, version));
    }
    List<String> reasons =
        reasonsAgainst(schema, store.versions(subject, Scope.LIVE), store.level(subject));
    if (!reasons.isEmpty()) {
      throw RegistryException.incompatible(subject, reasons);
    }
    int id = store.idOf(content).orElse(store.nextId());
    log.append(
        List.of(new StoreRecord.SchemaSet(new StoredSchema(subject, next, id, content, false))));
    return id;
  }

  /** The newest version of the subject that is this schema. */
  StoredSchema lookup(String subject, SchemaContent given, boolean normalize, Scope scope) {
    requireSubject(subject, scope);
    SchemaContent content = canonical(given, AvroSchemas.parse(given, store, false), normalize);
    return store.find(subject, content, scope).orElseThrow(RegistryException::schemaNotFound);
  }

  /** A {@code version} of 0 or less means the latest. */
  StoredSchema version(String subject, int version, Scope scope) {
    requireSubject(subject, scope);
    Optional<StoredSchema> found =
        version > 0 ? store.version(subject, version, scope) : store.latest(subject, scope);
    return found.orElseThrow(() -> RegistryException.versionNotFound(version));
  }

  List<StoredSchema> versions(String subject, Scope scope) {
    requireSubject(subject, scope);
    return store.versions(subject, scope);
  }

  /**
   * Why the schema may not follow; nothing if it may.
   *
   * @param version the only older version to look at; 0 or less for the latest; null for those that
   *     the subject's level asks for
   */
  List<String> incompatibilities(
      String subject, @Nullable Integer version, SchemaContent given, boolean normalize) {
    AvroSchemas.Parsed parsed = AvroSchemas.parse(given, store, true);
    List<StoredSchema> older;
    if (version == null) {
      older = store.versions(subject, Scope.LIVE);
    } else if (version <= 0) {
      older = store.latest(subject, Scope.LIVE).stream().toList();
    } else {
      older = List.of(version(subject, version, Scope.LIVE));
    }
    SchemaContent content = canonical(given, parsed, normalize);
    if (older.stream().anyMatch(schema -> schema.content().equals(content)) && version != null) {
      return List.of();
    }
    return reasonsAgainst(parsed.schema(), older, store.level(subject));
  }

  /** The versions that were live, or with {@code permanent} softly deleted, oldest first. */
  List<Integer> deleteSubject(String subject, boolean permanent) {
    return write(
        () -> {
          List<StoredSchema> all = store.versions(subject, Scope.LIVE_AND_DELETED);
          List<StoredSchema> live = store.versions(subject, Scope.LIVE);
          if (all.isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
          }
          if (!permanent && live.isEmpty()) {
            throw RegistryException.subjectSoftDeleted(subject);
          }
          if (permanent && !live.isEmpty()) {
            throw RegistryException.subjectNotSoftDeleted(subject);
          }
          List<StoredSchema> gone = permanent ? all : live;
          gone.forEach(this::requireUnreferenced);
          log.append(permanent ? erasures(all) : softDeletion(subject, live));
          return gone.stream().map(StoredSchema::version).toList();
        });
  }

  /** A {@code version} of 0 or less means the latest. Answers with the version deleted. */
  int deleteVersion(String subject, int version, boolean permanent) {
    return write(
        () -> {
          StoredSchema schema = version(subject, version, Scope.LIVE_AND_DELETED);
          if (!permanent && schema.deleted()) {
            throw RegistryException.versionSoftDeleted(subject, schema.version());
          }
          if (permanent && !schema.deleted()) {
            throw RegistryException.versionNotSoftDeleted(subject, schema.version());
          }
          requireUnreferenced(schema);
          log.append(
              permanent
                  ? erasures(List.of(schema))
                  : List.of(new StoreRecord.SchemaSet(schema.asDeleted())));
          return schema.version();
        });
  }

  /**
   * @param subject null for all that have no level of their own
   */
  void setLevel(@Nullable String subject, CompatibilityLevel level) {
    write(
        () -> {
          log.append(List.of(new StoreRecord.LevelSet(subject, level)));
          return level;
        });
  }

  /** Answers with the level that stood there. */
  CompatibilityLevel deleteLevel(@Nullable String subject) {
    return write(
        () -> {
          CompatibilityLevel before =
              subject == null
                  ? store.globalLevel()
                  : store
                      .ownLevel(subject)
                      .orElseThrow(() -> RegistryException.subjectNotFound(subject));
          log.append(List.of(new StoreRecord.LevelSet(subject, null)));
          return before;
        });
  }

  @Override
  public void close() {
    writing.lock();
    try {
      log.close();
    } finally {
      writing.unlock();
    }
  }

  private <T> T write(Supplier<T> step) {
    writing.lock();
    try {
      log.catchUpForRequest();
      return step.get();
    } finally {
      writing.unlock();
    }
  }

  private List<String> reasonsAgainst(
      Schema candidate, List<StoredSchema> older, CompatibilityLevel level) {
    if (level == CompatibilityLevel.NONE) {
      return List.of();
    }
    List<Schema> schemas =
        older.stream()
            .map(schema -> AvroSchemas.parse(schema.content(), store, false).schema())
            .toList();
    return CompatibilityCheck.reasonsAgainst(candidate, schemas, level);
  }

  private void requireSubject(String subject, Scope scope) {
    if (store.versions(subject, scope).isEmpty()) {
      throw RegistryException.subjectNotFound(subject);
    }
  }

  private void requireUnreferenced(StoredSchema schema) {
    if (!store.referencesTo(schema.subject(), schema.version()).isEmpty()) {
      throw RegistryException.referenceExists(schema.subject(), schema.version());
    }
  }

  private static SchemaContent canonical(
      SchemaContent given, AvroSchemas.Parsed parsed, boolean normalize) {
    String text = normalize ? parsed.normalized() : parsed.canonical();
    return new SchemaContent(given.type(), text, given.references());
  }

  private static List<StoreRecord> erasures(List<StoredSchema> schemas) {
    return schemas.stream()
        .<StoreRecord>map(
            each -> new StoreRecord.SchemaErased(each.subject(), each.version(), each.id()))
        .toList();
  }

  /** A subject that comes again starts with the level of all. */
  private List<StoreRecord> softDeletion(String subject, List<StoredSchema> live) {
    List<StoreRecord> records = new ArrayList<>();
    records.add(new StoreRecord.SubjectDeleted(subject, live.getLast().version()));
    if (store.ownLevel(subject).isPresent()) {
      records.add(new StoreRecord.LevelSet(subject, null));
    }
    return records;
  }
}
