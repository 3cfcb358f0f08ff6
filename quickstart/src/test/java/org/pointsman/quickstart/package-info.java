/** Tests of what deploys Pointsman: the compose file, the Dockerfiles and their command lines. */
@NullMarked
package org.pointsman.quickstart;

import org.jspecify.annotations.NullMarked;
