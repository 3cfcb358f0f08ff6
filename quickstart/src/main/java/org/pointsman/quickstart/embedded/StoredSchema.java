package org.pointsman.quickstart.embedded;

/**
 * One version of a subject.
 *
 * @param version from 1, counted within the subject
 * @param id from 1, counted over the whole registry
 * @param deleted softly: readers of old messages still find it by id
 */
record StoredSchema(String subject, int version, int id, SchemaContent content, boolean deleted) {
  StoredSchema asDeleted() {
    return new StoredSchema(subject, version, id, content, true);
  }
}
