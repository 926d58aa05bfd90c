/**
 * `cadastre path-conf`: settings for a path and everything below it. Open {@link
 * io.cadastre.cli.pathconf.PathConfShowCommand}, which knows the order of precedence. Imported by
 * the root command only. Invariant: keys and values are checked by the master, with the list of
 * keys that the configuration file has.
 */
package io.cadastre.cli.pathconf;
