/**
 * What a replica keeps in memory of the inode store. Open {@link
 * io.cadastre.server.cache.DirectoryCache} first: directories by parent and name, with which paths
 * are resolved.
 *
 * <p>Caches follow the applied records, on followers as on the leader: the applier invalidates what
 * it changes before it publishes the index at which the change can be seen. They are bounded, and
 * losing an entry costs a read of the store, never a wrong answer.
 *
 * <p>Imports `core` and Caffeine; `server.transaction`, `server.namespace` and `server.sync` may
 * import it. Invariant: what a cache gives to a view is what the view's own store snapshot holds.
 */
package io.cadastre.server.cache;
