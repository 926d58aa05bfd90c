package io.cadastre.cli.base;

import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.HostPort;
import java.util.List;

/**
 * Where a cluster is.
 *
 * @param masters client addresses
 * @param origin who says so, for messages: "--masters", "conf/x.properties:3", ...
 * @param configuration the client's settings
 */
public record ClusterAddress(List<HostPort> masters, String origin, Configuration configuration) {}
