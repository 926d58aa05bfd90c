/**
 * `cadastre local`: a whole cluster on this machine, its masters as processes of their own. Open
 * {@link io.cadastre.cli.local.LocalStartCommand}, then {@link io.cadastre.cli.local.LocalCluster}.
 * Imported by the root command only. Invariants: a process is signalled only if its command line
 * carries the mark of the master's directory; a storage is formatted only while a new cluster is
 * being made.
 */
package io.cadastre.cli.local;
