/**
 * What scripts/prove/foundation-5, -6 and -7 run: each prints its figures and claims, and ends with
 * PASS or FAIL. Open {@link io.cadastre.bench.proof.Proof} first. Invariant: a claim compares what
 * was measured with a limit that stands in the class.
 */
package io.cadastre.bench.proof;
