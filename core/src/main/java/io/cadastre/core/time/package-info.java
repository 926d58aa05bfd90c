/**
 * Time as a thing that is passed in: {@link io.cadastre.core.time.TimeSource}, and {@link
 * io.cadastre.core.time.ManualTimeSource} for tests of any module. A leaf: imports the JDK only;
 * everybody may import it. Invariant: code that waits or expires asks its TimeSource, never the
 * system.
 */
package io.cadastre.core.time;
