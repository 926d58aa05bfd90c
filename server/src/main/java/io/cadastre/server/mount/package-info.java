/**
 * Open stores: {@link io.cadastre.server.mount.MountedFileSystems} maps mounts to wrapped under
 * file systems, {@link io.cadastre.server.mount.SecretOptions} keeps secrets out of the journal.
 * Imports `core.mount`, `core.time`, `ufs.spi` and `ufs.decorate`; used by `server.sync`,
 * `server.namespace` and `server.bootstrap`. Invariant: every request to a store has a deadline,
 * and no answer is believed before its root is known to be the one that was mounted.
 */
package io.cadastre.server.mount;
