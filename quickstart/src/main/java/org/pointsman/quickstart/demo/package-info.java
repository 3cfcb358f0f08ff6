/**
 * The demo: a whole deployment in one process, an inventory brought up on it, packets driven
 * through both directors, a server stopped; and whether both sides agreed all the way.
 */
@NullMarked
package org.pointsman.quickstart.demo;

import org.jspecify.annotations.NullMarked;
