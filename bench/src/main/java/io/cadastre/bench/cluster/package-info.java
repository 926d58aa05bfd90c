/**
 * A cluster of master processes on this machine, and what its processes use. Open {@link
 * io.cadastre.bench.cluster.ProcessCluster} first. Imports the client and the journal's node
 * identity. Invariant: no process outlives the JVM that started it, but for a kill of that JVM.
 */
package io.cadastre.bench.cluster;
