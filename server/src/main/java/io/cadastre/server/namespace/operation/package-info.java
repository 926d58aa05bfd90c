/**
 * One class per mutation of the namespace, read top to bottom: resolve, check, build the records,
 * return. Imports `server.transaction`, `server.lock`, `core`, `journal.record` and the types of
 * `ufs.spi`; used by `server.namespace` only. Invariant: an operation changes nothing; its whole
 * effect is the plan that it returns.
 */
package io.cadastre.server.namespace.operation;
