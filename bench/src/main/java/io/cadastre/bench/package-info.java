/**
 * Measures a cluster of master processes on this machine, beside yardsticks of the same run. Open
 * {@link io.cadastre.bench.ClusterBench} first. Not part of the installation; imported by nobody.
 * Invariant: a figure is only compared with figures of the same run.
 */
package io.cadastre.bench;
