/**
 * Settings: {@link io.cadastre.core.config.ConfigKeys} lists every key with its type, default,
 * range and meaning (start there); {@link io.cadastre.core.config.ConfigurationLoader} reads the
 * one properties file and {@code -D} overrides into an immutable {@link
 * io.cadastre.core.config.Configuration}. {@code docs/configuration.md} is generated from the same
 * list by {@link io.cadastre.core.config.ConfigReference}. {@link
 * io.cadastre.core.config.MasterJvm} lists the JVM options that a master gets by default.
 *
 * <p>A leaf: imports the JDK and {@code core.error}; everybody may import it, but components take
 * their settings by constructor and only wiring code reads a Configuration. Invariant: a
 * Configuration that exists is valid; every value in it was parsed and range-checked when it was
 * loaded.
 */
package io.cadastre.core.config;
