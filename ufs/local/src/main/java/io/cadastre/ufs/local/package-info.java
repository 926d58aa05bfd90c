/**
 * The store of a directory of this host: local disks, and network file systems that the host has
 * mounted. Open {@link io.cadastre.ufs.local.LocalUnderFileSystem} first: it lists how each odd
 * entry is treated and which races remain.
 *
 * <p>Imports `ufs.spi`, `core.error` and the JDK. Found through {@link java.util.ServiceLoader} by
 * {@link io.cadastre.ufs.local.LocalUnderFileSystemFactory}; nobody imports it.
 *
 * <p>Invariant: "no such file" is believed only when the root is there and every directory on the
 * way was looked at; it never leads out of the root.
 */
package io.cadastre.ufs.local;
