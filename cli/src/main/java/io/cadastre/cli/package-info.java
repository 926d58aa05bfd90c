/**
 * The command line, `cadastre`. Open {@link io.cadastre.cli.CadastreCommand} first: it lists the
 * groups, which are a package each, a command a file. Talks to the cluster through {@link
 * io.cadastre.client.MetadataClient} alone, and to a stopped master's storage through {@link
 * io.cadastre.cli.base.JournalTools}. Nobody imports it. Invariant: no command ends the process;
 * {@link io.cadastre.cli.Main} does, with a code of {@link io.cadastre.cli.base.ExitCodes}.
 */
package io.cadastre.cli;
