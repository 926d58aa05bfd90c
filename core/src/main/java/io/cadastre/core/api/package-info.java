/**
 * What stands beside the generated messages and stubs of `cadastre.api` (in `core.api.proto`): how
 * an error travels. Open {@link io.cadastre.core.api.StatusMapper} first, the one table.
 *
 * <p>Imports protobuf, gRPC and `core.error`; imported by `client` and `server.rpc`.
 *
 * <p>Invariant: a {@link io.cadastre.core.error.MetadataException} that goes to the wire and back
 * keeps its code, text and context, whether it travels as a message or as a gRPC status.
 */
package io.cadastre.core.api;
