/**
 * Pieces of a master, one by one, with JMH: `scripts/bench micro`. Open {@link
 * io.cadastre.bench.micro.PlanAndApplyBench} first. May use any public class of the product.
 * Invariant: each runs in seconds when asked to, with `-f 1 -wi 2 -i 3 -w 1 -r 1`.
 */
package io.cadastre.bench.micro;
