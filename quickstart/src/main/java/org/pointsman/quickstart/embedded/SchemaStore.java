package org.pointsman.quickstart.embedded;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.registry.CompatibilityLevel;

/**
 * What the registry knows: the fold of the {@code _schemas} topic, in memory.
 *
 * <p>{@link #apply} is the only thing that changes it, and never refuses. Whether something may be
 * written is decided before it is written, by {@link RegistryService}. Safe for use by many
 * threads; each call sees one state.
 */
final class SchemaStore {

  /** Which versions to look at. */
  enum Scope {
    LIVE,
    LIVE_AND_DELETED,
    DELETED;

    boolean includes(StoredSchema schema) {
      return switch (this) {
        case LIVE -> !schema.deleted();
        case LIVE_AND_DELETED -> true;
        case DELETED -> schema.deleted();
      };
    }
  }

  private final NavigableMap<String, NavigableMap<Integer, StoredSchema>> subjects =
      new TreeMap<>();
  private final Map<Integer, SchemaContent> contents = new HashMap<>();
  private final Map<SchemaContent, Integer> ids = new HashMap<>();
  private final Map<String, CompatibilityLevel> levels = new HashMap<>();
  private @Nullable CompatibilityLevel globalLevel;
  private int highestId;

  synchronized void apply(StoreRecord record) {
    switch (record) {
      case StoreRecord.SchemaSet set -> put(set.schema());
      case StoreRecord.SchemaErased erased -> erase(erased);
      case StoreRecord.SubjectDeleted deleted ->
          versionsOf(deleted.subject())
              .headMap(deleted.upTo(), true)
              .replaceAll((version, schema) -> schema.asDeleted());
      case StoreRecord.LevelSet set -> setLevel(set.subject(), set.level());
      case StoreRecord.Other other -> {
        // Nothing here depends on it.
      }
    }
  }

  synchronized List<String> subjects(Scope scope) {
    return subjects.entrySet().stream()
        .filter(entry -> entry.getValue().values().stream().anyMatch(scope::includes))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Oldest first; empty for an unknown subject. */
  synchronized List<StoredSchema> versions(String subject, Scope scope) {
    return versionsOf(subject).values().stream().filter(scope::includes).toList();
  }

  synchronized Optional<StoredSchema> version(String subject, int version, Scope scope) {
    return Optional.ofNullable(versionsOf(subject).get(version)).filter(scope::includes);
  }

  synchronized Optional<StoredSchema> latest(String subject, Scope scope) {
    return versionsOf(subject).descendingMap().values().stream()
        .filter(scope::includes)
        .findFirst();
  }

  /** The newest version with this content. */
  synchronized Optional<StoredSchema> find(String subject, SchemaContent content, Scope scope) {
    return versionsOf(subject).descendingMap().values().stream()
        .filter(schema -> scope.includes(schema) && schema.content().equals(content))
        .findFirst();
  }

  /** Also of softly deleted versions, since messages written with them remain. */
  synchronized Optional<SchemaContent> content(int id) {
    return Optional.ofNullable(contents.get(id));
  }

  /** The id of a content that some version has, softly deleted ones included. */
  synchronized Optional<Integer> idOf(SchemaContent content) {
    return Optional.ofNullable(ids.get(content));
  }

  /** Every version with the id, by subject and version. */
  synchronized List<StoredSchema> uses(int id, Scope scope) {
    return all().filter(schema -> schema.id() == id && scope.includes(schema)).toList();
  }

  /** The ids of live schemas that name this version, ascending. */
  synchronized List<Integer> referencesTo(String subject, int version) {
    return all()
        .filter(schema -> !schema.deleted() && refersTo(schema, subject, version))
        .map(StoredSchema::id)
        .distinct()
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  /** Never an id that was given before, not even to a schema that is gone. */
  synchronized int nextId() {
    return highestId + 1;
  }

  synchronized int highestId() {
    return highestId;
  }

  /** One more than the newest, softly deleted versions included. */
  synchronized int nextVersion(String subject) {
    NavigableMap<Integer, StoredSchema> versions = versionsOf(subject);
    return versions.isEmpty() ? 1 : versions.lastKey() + 1;
  }

  synchronized Optional<CompatibilityLevel> ownLevel(String subject) {
    return Optional.ofNullable(levels.get(subject));
  }

  synchronized CompatibilityLevel globalLevel() {
    return globalLevel == null ? CompatibilityCheck.DEFAULT_LEVEL : globalLevel;
  }

  /** The subject's own level, or else the one of all. */
  synchronized CompatibilityLevel level(String subject) {
    return ownLevel(subject).orElse(globalLevel());
  }

  private void put(StoredSchema schema) {
    StoredSchema before =
        subjects
            .computeIfAbsent(schema.subject(), subject -> new TreeMap<>())
            .put(schema.version(), schema);
    if (before != null && before.id() != schema.id()) {
      forgetIfUnused(before);
    }
    contents.put(schema.id(), schema.content());
    ids.putIfAbsent(schema.content(), schema.id());
    highestId = Math.max(highestId, schema.id());
  }

  private void erase(StoreRecord.SchemaErased erased) {
    highestId = Math.max(highestId, erased.id());
    NavigableMap<Integer, StoredSchema> versions = versionsOf(erased.subject());
    StoredSchema before = versions.remove(erased.version());
    if (before == null) {
      return;
    }
    if (versions.isEmpty()) {
      subjects.remove(erased.subject());
    }
    forgetIfUnused(before);
  }

  private void forgetIfUnused(StoredSchema schema) {
    if (all().noneMatch(other -> other.id() == schema.id())) {
      contents.remove(schema.id());
      ids.remove(schema.content(), schema.id());
    }
  }

  private void setLevel(@Nullable String subject, @Nullable CompatibilityLevel level) {
    if (subject == null) {
      globalLevel = level;
    } else if (level == null) {
      levels.remove(subject);
    } else {
      levels.put(subject, level);
    }
  }

  private NavigableMap<Integer, StoredSchema> versionsOf(String subject) {
    return subjects.getOrDefault(subject, new TreeMap<>());
  }

  private Stream<StoredSchema> all() {
    return subjects.values().stream().map(Map::values).flatMap(Collection::stream);
  }

  private static boolean refersTo(StoredSchema schema, String subject, int version) {
    return schema.content().references().stream()
        .anyMatch(to -> to.subject().equals(subject) && to.version() == version);
  }
}
