/**
 * Figures for people and programs. Open {@link io.cadastre.bench.report.Figure} first. Imports the
 * command line's JSON writer. Invariant: every figure carries the machine's load of its time.
 */
package io.cadastre.bench.report;
