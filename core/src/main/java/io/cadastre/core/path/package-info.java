/**
 * Paths of the namespace: {@link io.cadastre.core.path.NamespacePath}, validated once at the border
 * and trusted from there on. Imports the JDK and `core.error`; everybody may import it.
 */
package io.cadastre.core.path;
