/**
 * Load on a cluster: what to send ({@link io.cadastre.bench.load.Workspace}, open it first), how
 * (closed loops without or with threads, a fixed rate), and what came of it. Imports the client
 * only. Invariant: no operation is counted before it was answered.
 */
package io.cadastre.bench.load;
