/**
 * `cadastre journal`: of the running cluster through the client, of a stopped master's storage
 * through {@link io.cadastre.cli.base.JournalTools}. Open {@link
 * io.cadastre.cli.journal.JournalVerifyCommand}. Imported by the root command only. Invariant: what
 * deletes asks first.
 */
package io.cadastre.cli.journal;
