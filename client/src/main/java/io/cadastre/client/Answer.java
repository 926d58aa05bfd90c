package io.cadastre.client;

/**
 * What a call gave, and where and when it was read.
 *
 * @param <T> the kind of value; a message of the API
 */
public record Answer<T>(T value, Served served) {}
