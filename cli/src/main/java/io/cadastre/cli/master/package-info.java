/**
 * `cadastre master start` and `report`. Open {@link io.cadastre.cli.master.MasterStartCommand}.
 * Imported by the root command only. Invariant: the server is reached by its class name alone, so
 * that the command line compiles without it.
 */
package io.cadastre.cli.master;
