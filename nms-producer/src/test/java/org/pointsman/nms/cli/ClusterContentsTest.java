package org.pointsman.nms.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.nms.cli.Entities.tunnel;

import org.junit.jupiter.api.Test;
import org.pointsman.model.TunnelId;
import org.pointsman.model.TunnelState;

class ClusterContentsTest {
  private final ClusterContents contents = new ClusterContents(Entities.DEFAULT);

  @Test
  void theLastRecordOfAKeyStands() {
    contents.apply("default/tunnel/a", tunnel("a", TunnelState.ANNOUNCED, "rs-1"));
    contents.apply("default/tunnel/a", tunnel("a", TunnelState.UP, "rs-2"));

    assertThat(contents.tunnel(new TunnelId("a"))).contains(tunnel("a", TunnelState.UP, "rs-2"));
    assertThat(contents.tunnels()).hasSize(1);
  }

  @Test
  void aTombstoneRemoves() {
    contents.apply("default/tunnel/a", tunnel("a", TunnelState.ANNOUNCED, "rs-1"));
    contents.apply("default/tunnel/a", null);
    contents.apply("default/tunnel/never", null);

    assertThat(contents.isEmpty()).isTrue();
  }

  @Test
  void aClusterThatSharesThePartitionChangesNothing() {
    contents.apply("default2/tunnel/a", tunnel("a", TunnelState.ANNOUNCED, "rs-1"));
    contents.apply(null, tunnel("a", TunnelState.ANNOUNCED, "rs-1"));

    assertThat(contents.isEmpty()).isTrue();
  }
}
