package org.pointsman.quickstart.embedded;

import java.util.List;

/**
 * What an id stands for: equal contents have one id, in whatever subjects they are.
 *
 * @param type {@code AVRO}; others only in a topic that another registry wrote
 * @param text the schema in its canonical form
 * @param references the schemas of other subjects that the text names
 */
record SchemaContent(String type, String text, List<SchemaReference> references) {
  static final String AVRO = "AVRO";

  SchemaContent {
    references = List.copyOf(references);
  }
}
