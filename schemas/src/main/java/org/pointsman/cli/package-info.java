/** What all of Pointsman's command lines share: how to connect, how errors are told, exit codes. */
@NullMarked
package org.pointsman.cli;

import org.jspecify.annotations.NullMarked;
