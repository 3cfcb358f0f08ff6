/**
 * The table as people ask for it: {@code director lookup} says which server has an address, {@code
 * director dump} shows all of it. Both read the topic from its beginning and make the same table
 * that a director makes; neither asks a director that runs.
 *
 * <p>Called from the command line. Nothing here steers.
 */
@NullMarked
package org.pointsman.director.inspect;

import org.jspecify.annotations.NullMarked;
