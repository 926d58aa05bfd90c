/**
 * Where stores hang in the namespace: {@link io.cadastre.core.mount.MountTable} answers which mount
 * a path belongs to (start there). Everything is immutable; a change is a new table. Imports {@code
 * core.path} and {@code core.error}; everybody may import it. Invariant: at most one mount at a
 * path, and a path belongs to the mount whose path is its longest prefix.
 */
package io.cadastre.core.mount;
