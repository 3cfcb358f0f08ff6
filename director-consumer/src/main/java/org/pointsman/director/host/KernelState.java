package org.pointsman.director.host;

import java.nio.file.Path;
import java.util.List;
import org.pointsman.director.dataplane.nftables.NftablesDataPlane;
import org.pointsman.director.dataplane.xdp.XdpDataPlane;
import org.pointsman.director.dataplane.xdp.XdpSettings;

/** What one kind of data plane leaves in the kernel when its director ends. */
public interface KernelState {
  /** Of every data plane that leaves something: memory and pcap do not. */
  static List<KernelState> all() {
    return List.of(new Nftables(), new Xdp());
  }

  /** A table of nftables. */
  record Nftables() implements KernelState {
    @Override
    public String plane() {
      return NftablesDataPlane.NAME;
    }

    @Override
    public List<String> remove(String director) {
      return NftablesDataPlane.detach(director);
    }
  }

  /** What is pinned in the BPF file system. */
  record Xdp() implements KernelState {
    @Override
    public String plane() {
      return XdpDataPlane.NAME;
    }

    @Override
    public List<String> remove(String director) {
      return XdpDataPlane.detach(XdpSettings.PINS, director).stream().map(Path::toString).toList();
    }
  }

  /** The plane's name. */
  String plane();

  /**
   * Removes all that a director of this name left; nothing is steered afterwards.
   *
   * @return what was removed, a few words each; none if nothing was there
   * @throws RuntimeException with what to do, if it cannot be removed
   */
  List<String> remove(String director);
}
