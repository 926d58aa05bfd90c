package io.cadastre.cli.base;

import io.cadastre.cli.format.Json;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a command says: results on standard output (buffered, UTF-8), everything else on standard
 * error. Unlike a PrintStream it notices when a result could not be written: a reader that has gone
 * is {@link OutputClosed}, a full disk is a failure. Used by one thread at a time, except {@link
 * #progress}, which only touches standard error.
 */
public final class Output {
  private static final int BUFFER_CHARS = 64 * 1024;
  private static final long LINE_PERIOD_NANOS = 1_000_000_000L;

  private final OutputStream raw;
  private final Writer out;
  private final PrintWriter err;
  private final boolean errTerminal;
  private boolean progressShown;
  private boolean lineShown;
  private long lineNanos;

  public Output(OutputStream out, OutputStream err, boolean errTerminal) {
    this.raw = out;
    this.out =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER_CHARS);
    this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
    this.errTerminal = errTerminal;
  }

  /** On the process's own streams, whatever System.out has been set to. */
  public static Output ofProcess(boolean errTerminal) {
    return new Output(
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        errTerminal);
  }

  /** A line of the result. */
  public void line(String text) {
    try {
      out.write(text);
      out.write('\n');
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Text of the result as it is, with its own line ends. */
  public void text(String text) {
    try {
      out.write(text);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Bytes of the result as they are.
   *
   * @return how many
   * @throws IOException if they could not be read
   */
  public long bytes(InputStream from) throws IOException {
    flush();
    byte[] part = new byte[BUFFER_CHARS];
    long bytes = 0;
    for (int read = from.read(part); read >= 0; read = from.read(part)) {
      try {
        raw.write(part, 0, read);
      } catch (IOException e) {
        throw failed(e);
      }
      bytes += read;
    }
    return bytes;
  }

  /** A JSON object on a line of its own. */
  public void json(Json object) {
    line(object.toString());
  }

  /**
   * Hands everything over to the system; call it at the end and between the pages of a long result.
   */
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** A remark for people, on standard error. */
  public synchronized void note(String text) {
    clearProgress();
    err.println(text);
  }

  /** Shows a line that the next one replaces; nothing if standard error is no terminal. */
  public synchronized void progress(String text) {
    if (errTerminal) {
      err.print("\r\u001b[K" + text);
      err.flush();
      progressShown = true;
    }
  }

  /** As above; if standard error is no terminal, a line of its own, one a second at most. */
  public synchronized void progressAnywhere(String text) {
    long now = System.nanoTime();
    if (errTerminal) {
      progress(text);
    } else if (!lineShown || now - lineNanos >= LINE_PERIOD_NANOS) {
      lineShown = true;
      lineNanos = now;
      err.println(text);
    }
  }

  /** Removes the progress line. */
  public synchronized void clearProgress() {
    if (progressShown) {
      err.print("\r\u001b[K");
      err.flush();
      progressShown = false;
    }
  }

  /** Asks on standard error, without a line end. */
  synchronized void prompt(String text) {
    clearProgress();
    err.print(text);
    err.flush();
  }

  /** For a stack trace, with `--verbose`. */
  public synchronized PrintWriter errors() {
    clearProgress();
    return err;
  }

  private static RuntimeException failed(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.toLowerCase(Locale.ROOT).contains("broken pipe") || standardOutputIsPipe()) {
      return new OutputClosed();
    }
    return CliFailure.local("Cannot write the output: " + message, e);
  }

  /** The system's words for a broken pipe depend on the user's language; the kind of file not. */
  private static boolean standardOutputIsPipe() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
