package org.pointsman.director.dataplane.xdp;

/** Where in the kernel the program is to run. */
public enum XdpMode {
  /** In the interface's driver, before the kernel has made anything of the frame. */
  NATIVE(1 << 2, 1),
  /** In the kernel's common receive path: every interface can, slower. */
  GENERIC(1 << 1, 2),
  /** Native where the driver can, else generic. */
  AUTO(0, 0);

  /** What {@code XDP_FLAGS_…} asks for it. */
  final int flags;

  /** {@code XDP_ATTACHED_…}, as the kernel tells it. */
  final int attached;

  XdpMode(int flags, int attached) {
    this.flags = flags;
    this.attached = attached;
  }
}
