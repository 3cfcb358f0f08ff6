package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.pointsman.model.TunnelId;

final class TunnelSequenceProperties {

  @Property
  void aLayerLooksLikeTheSequenceItStandsFor(
      @ForAll List<@IntRange(min = 1, max = 12) Integer> below,
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 12) Integer> toggled) {
    TreeMap<Long, TunnelId> model = new TreeMap<>();
    TunnelSequence base = new TunnelSequence(null);
    for (int order : below) {
      toggle(base, model, order);
    }
    List<TunnelId> before = List.copyOf(model.values());
    TunnelSequence layer = new TunnelSequence(base);

    for (int order : toggled) {
      toggle(layer, model, order);
      assertThat(list(layer)).containsExactlyElementsOf(model.values());
      assertThat(layer.size()).isEqualTo(model.size());
      for (long from = 0; from <= 13; from++) {
        assertThat(layer.after(from)).as("after %d", from).isEqualTo(model.higherEntry(from));
      }
    }

    assertThat(list(base)).isEqualTo(before);
  }

  /** A tunnel that is in it goes, one that is not comes. */
  private static void toggle(TunnelSequence sequence, Map<Long, TunnelId> model, long order) {
    TunnelId tunnel = new TunnelId("t" + order);
    if (model.remove(order) == null) {
      model.put(order, tunnel);
      sequence.add(order, tunnel);
    } else {
      sequence.remove(order);
    }
  }

  private static List<TunnelId> list(TunnelSequence sequence) {
    List<TunnelId> list = new ArrayList<>();
    sequence.forEach(list::add);
    return list;
  }
}
