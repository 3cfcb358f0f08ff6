/**
 * The data plane in the Linux kernel: an XDP program that reads the very bytes which {@link
 * org.pointsman.director.table.SteeringTable} writes.
 *
 * <p>{@link org.pointsman.director.dataplane.xdp.XdpDataPlane} is what a director uses. {@link
 * org.pointsman.director.dataplane.xdp.XdpProgram} loads the program and maps its memory, {@code
 * XdpAttachment} puts it on an interface and keeps it there, {@code Libbpf} and {@code Libc} are
 * the C libraries by way of the foreign-function API. The program itself is C: {@code
 * src/main/bpf}.
 *
 * <p>What is attached outlives the process on purpose: {@link
 * org.pointsman.director.dataplane.xdp.XdpDataPlane#detach} removes it.
 */
@NullMarked
package org.pointsman.director.dataplane.xdp;

import org.jspecify.annotations.NullMarked;
