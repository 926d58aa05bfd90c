/**
 * The journal's offline classes behind {@link io.cadastre.cli.base.JournalTools}: the only door
 * from the commands to the journal. Only {@link io.cadastre.cli.Main} and its kind import it.
 */
package io.cadastre.cli.tools;
