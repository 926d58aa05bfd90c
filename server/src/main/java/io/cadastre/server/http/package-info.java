/**
 * What a master tells over HTTP: metrics in Prometheus text and its health, read-only. Open {@link
 * io.cadastre.server.http.HttpEndpoint} first; {@link io.cadastre.server.http.HealthSource} is what
 * it asks. Imports {@code core.metrics} and {@code core.error}; only {@code server.bootstrap}
 * imports it. Invariant: a request changes nothing and waits for nothing but its client.
 */
package io.cadastre.server.http;
