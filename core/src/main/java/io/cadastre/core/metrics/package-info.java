/**
 * Measuring: {@link io.cadastre.core.metrics.MetricNames} lists every metric with its help (start
 * there); {@link io.cadastre.core.metrics.Metrics} holds the running ones, by a name of that list.
 * How they are published is not known here; see {@code server.http}.
 *
 * <p>A leaf: imports the JDK and Dropwizard Metrics; everybody may import it, and is given a
 * Metrics by constructor. Invariant: the number of series is bounded, whatever the label values
 * are.
 */
package io.cadastre.core.metrics;
