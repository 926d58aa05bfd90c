/**
 * How things look: JSON, listings, tables, modes, sizes, times. Open {@link
 * io.cadastre.cli.format.ListingFormat} first. Pure functions of their input: no file, no cluster,
 * no clock, no default locale or time zone. Imported by every package of the CLI; imports `core`
 * only. Invariant: what these print is what scripts parse, so each has a golden test.
 */
package io.cadastre.cli.format;
