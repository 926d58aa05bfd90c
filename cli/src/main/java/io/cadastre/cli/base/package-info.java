/**
 * What every command stands on: {@link io.cadastre.cli.base.CliCommand} and {@link
 * io.cadastre.cli.base.ClusterCommand} (open these first), the global options, how the cluster is
 * found, standard output, and the one table of exit codes. Imported by every other package of the
 * CLI; imports only the client, `core` and `cli.format`. Invariant: a command prints results to
 * {@link io.cadastre.cli.base.Output} alone and reports failure by an exception, so that one place
 * decides how it looks and what the exit code is.
 */
package io.cadastre.cli.base;
