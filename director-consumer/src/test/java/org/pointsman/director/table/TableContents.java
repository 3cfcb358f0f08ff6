package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/** All that a table lists, which has to be as many as it says. */
record TableContents(Map<IpAddress, Integer> outer, Map<IpPrefix, Integer> inner) {
  static TableContents of(SteeringTable table) {
    TableContents contents = new TableContents(new HashMap<>(), new HashMap<>());
    table.forEachOuter(contents.outer::put);
    table.forEachInner(contents.inner::put);
    assertThat(table.outerSize()).isEqualTo(contents.outer.size());
    assertThat(table.innerSize()).isEqualTo(contents.inner.size());
    return contents;
  }
}
