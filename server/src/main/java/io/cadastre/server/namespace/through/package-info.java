/**
 * The store's side of operations on writable mounts. Open {@link
 * io.cadastre.server.namespace.through.StoreChangePlanner} for how changes are made, and {@link
 * io.cadastre.server.namespace.through.IntentResolver} for how one of unknown outcome is found out:
 * from the journaled intent and what the store says, by whichever master leads. Imports
 * `server.transaction`, `server.mount`, `namespace.operation`, `journal.record` and `ufs.spi`; used
 * by `namespace.upkeep` and `server.bootstrap`. Invariant: a request that changes a store is sent
 * only under an open intent and right after the leader's lease was found valid.
 */
package io.cadastre.server.namespace.through;
