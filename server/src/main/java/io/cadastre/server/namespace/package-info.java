/**
 * The namespace as callers see it: {@link io.cadastre.server.namespace.NamespaceService} is the
 * front door, thin, with one class per operation in `operation`. Imports `server.sync`,
 * `server.transaction`, `server.mount` and below; used by `server.rpc`. Invariant: every answer is
 * read from one view, and let out only by the leader.
 */
package io.cadastre.server.namespace;
