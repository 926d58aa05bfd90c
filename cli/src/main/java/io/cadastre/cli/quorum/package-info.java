/**
 * `cadastre quorum`: the members of the cluster. Open {@link
 * io.cadastre.cli.quorum.QuorumInfoCommand}. Imported by the root command only. Invariant: shows
 * what the leader says; masters that nobody leads are shown by `local status` and `report`.
 */
package io.cadastre.cli.quorum;
