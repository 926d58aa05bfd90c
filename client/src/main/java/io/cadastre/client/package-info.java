/**
 * The Java client. Open {@link io.cadastre.client.MetadataClient} first (what users see), then
 * `CallEngine` (how a call is sent, repeated and answered).
 *
 * <p>Imports `core.api`, `core.error`, `core.inode` (messages) and gRPC; imported by `cli`, `bench`
 * and tests, never by `server` or `journal`.
 *
 * <p>Invariant: all that changes inside a client changes on its one I/O thread; other threads only
 * put calls into its queue and wait on futures.
 */
package io.cadastre.client;
