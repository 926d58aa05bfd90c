/**
 * The wire: {@link io.cadastre.server.rpc.RpcServer} is the client port, {@link
 * io.cadastre.server.rpc.MetadataGrpcService} and {@link io.cadastre.server.rpc.AdminGrpcService}
 * the services on it, {@code PipelineStream} the pipelined form of calls. Imports
 * `server.namespace`, `core.api` and gRPC; used by `server.bootstrap`. Invariant: nothing that can
 * block runs on the event loop, and every call leaves one audit line.
 */
package io.cadastre.server.rpc;
