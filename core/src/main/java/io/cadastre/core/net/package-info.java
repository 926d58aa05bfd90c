/**
 * What this machine's network gives: {@link io.cadastre.core.net.FreePorts}. A leaf: imports the
 * JDK only; everybody may import it.
 */
package io.cadastre.core.net;
