/**
 * The director: puts feed, table and data plane together, tells how it is, and is run from the
 * command line.
 *
 * <p>{@link org.pointsman.director.Director} is for whoever runs one in their own process, {@link
 * org.pointsman.director.DirectorCommand} for people. Nothing here decides where a packet goes.
 */
@NullMarked
package org.pointsman.director;

import org.jspecify.annotations.NullMarked;
