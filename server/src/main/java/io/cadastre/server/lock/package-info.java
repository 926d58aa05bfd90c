/**
 * Locks on paths, held by operations from planning until their journal entry is applied. Open
 * {@link io.cadastre.server.lock.LockTable} first: there is one per leadership term. What to lock
 * is a {@link io.cadastre.server.lock.LockRequest}, a set of keys with a mode each; what is held is
 * a {@link io.cadastre.server.lock.LockedPaths}, which belongs to nobody's thread but to whoever
 * has the handle.
 *
 * <p>A lock is on a path, not on an inode: files are found by path only. An operation on a path
 * holds every proper ancestor shared, the root included, so that an exclusive lock on a directory's
 * path shuts out everybody below it.
 *
 * <p>A request is granted as a whole or not at all, and who waits holds nothing, so there is no
 * deadlock whatever the order of the keys. No thread ever blocks for a lock.
 *
 * <p>Imports `core` only; `server.transaction`, `server.namespace` and `server.sync` may import it.
 * Invariant: at every instant a key has either no holder, or any number of shared ones, or exactly
 * one exclusive one.
 */
package io.cadastre.server.lock;
