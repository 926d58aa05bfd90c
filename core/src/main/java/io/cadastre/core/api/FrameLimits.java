package io.cadastre.core.api;

/** What client and master have agreed on for the frames of a pipeline. */
public final class FrameLimits {
  /** Most calls of a request frame; a master ends the stream that sends more. */
  public static final int MOST_CALLS = 4_096;

  private FrameLimits() {}
}
