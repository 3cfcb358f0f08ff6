/**
 * The NMS's commands: {@code tunnel}, {@code server} and {@code cluster}.
 *
 * <p>For operators at a terminal and for scripts. The three public classes are picocli commands
 * that any command line may have as subcommands; {@code org.pointsman.nms.NmsMain} and the
 * quickstart's {@code pointsman} do. A command that sends an event waits, if not told otherwise,
 * until the assigner has decided on it, and its exit code says how that went.
 *
 * <p>Nothing here decides or checks anything that is the assigner's business: an event that makes
 * no sense is sent, and its rejection printed.
 */
@NullMarked
package org.pointsman.nms.cli;

import org.jspecify.annotations.NullMarked;
