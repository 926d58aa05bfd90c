package io.cadastre.core.mount;

/** One option of a mount. A secret's value is a reference (env:NAME, file:PATH), never itself. */
public record MountOption(String name, String value) {}
