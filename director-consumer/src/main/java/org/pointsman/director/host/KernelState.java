package org.pointsman.director.host;

import java.util.List;

/** What one kind of data plane leaves in the kernel when its director ends. */
public interface KernelState {
  /** Of every data plane that leaves something: memory and pcap do not. */
  static List<KernelState> all() {
    return List.of();
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
