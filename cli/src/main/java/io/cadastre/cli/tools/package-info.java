/**
 * {@link io.cadastre.cli.tools.JournalTools}: what `journal` and `local` commands ask of the
 * journal's offline classes. The only door from the CLI to the journal; implemented once, beside
 * the journal, and handed to the root command. Invariant: no type of the journal's own appears
 * here, so that the commands can be tested without one.
 */
package io.cadastre.cli.tools;
