package org.pointsman.nms.strongswan.vici;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a name stands for in a VICI message: a text, a list of texts, or a section of more names.
 */
public sealed interface ViciValue {

  /** A value. Bytes that are no UTF-8 read as U+FFFD: certificates are of no interest here. */
  record Text(String text) implements ViciValue {}

  /** A list of values, in their order. */
  record Texts(List<String> texts) implements ViciValue {
    public Texts {
      texts = List.copyOf(texts);
    }
  }

  /**
   * Names and what they stand for, in their order; the whole message is one too.
   *
   * @param values by name
   */
  record Section(Map<String, ViciValue> values) implements ViciValue {
    public static final Section EMPTY = new Section(Map.of());

    public Section {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Of texts alone: name, text, name, text and so on. */
    public static Section of(String... namesAndTexts) {
      Map<String, ViciValue> values = new LinkedHashMap<>();
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        values.put(namesAndTexts[i], new Text(namesAndTexts[i + 1]));
      }
      return new Section(values);
    }

    /** The text of that name, or empty if there is none or it is no text. */
    public Optional<String> text(String name) {
      return values.get(name) instanceof Text found ? Optional.of(found.text()) : Optional.empty();
    }

    /** The list of that name, or empty. */
    public List<String> texts(String name) {
      return values.get(name) instanceof Texts found ? found.texts() : List.of();
    }

    /** The section of that name, or an empty one. */
    public Section section(String name) {
      return values.get(name) instanceof Section found ? found : EMPTY;
    }

    /** The sections in this one, by name; texts and lists are left out. */
    public Map<String, Section> sections() {
      Map<String, Section> sections = new LinkedHashMap<>();
      values.forEach(
          (name, value) -> {
            if (value instanceof Section section) {
              sections.put(name, section);
            }
          });
      return sections;
    }
  }
}
