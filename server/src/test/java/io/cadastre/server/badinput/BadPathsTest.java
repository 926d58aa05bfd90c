package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Paths as a user types them. */
class BadPathsTest extends RunningMaster {
  @Test
  @Tag("bad-input:path.empty")
  void empty() {
    shell
        .run("fs", "mkdir", "")
        .refuses(2, "PATH", "The path is empty; expected an absolute path such as /data");
  }

  @Test
  @Tag("bad-input:path.relative")
  void relative() {
    shell.run("fs", "mkdir", "a/b").refuses(2, "PATH", "'a/b'", "it must start with /");
  }

  @Test
  @Tag("bad-input:path.dot")
  void dot() {
    shell.run("fs", "mkdir", "/full/./x").refuses(2, "component '.'", "not allowed", "/full/./x");
  }

  @Test
  @Tag("bad-input:path.dotdot")
  void dotDot() {
    shell.run("fs", "rm", "-R", "/empty/../full").refuses(2, "component '..'", "not allowed");
  }

  @Test
  @Tag("bad-input:path.component")
  void aComponentThatIsTooLong() {
    // 128 characters, and 256 bytes of UTF-8.
    shell
        .run("fs", "mkdir", "/" + "\u00e9".repeat(128))
        .refuses(2, "component is longer than 255 bytes");
    assertThat(shell.run("fs", "exists", "/" + "\u00e9".repeat(127) + "x").exit()).isEqualTo(1);
  }

  @Test
  @Tag("bad-input:path.length")
  void aPathThatIsTooLong() {
    shell.run("fs", "mkdir", "-p", "/abcdefg".repeat(513)).refuses(2, "longer than 4096 bytes");
    assertThat(shell.run("fs", "exists", "/abcdefg".repeat(512)).exit()).isEqualTo(1);
  }

  @Test
  @Tag("bad-input:path.slashes")
  void doubledAndTrailingSlashesAreLeftOut() {
    assertThat(shell.run("fs", "ls", "-d", "--json", "//full///below//").succeeds().out())
        .isEqualTo(shell.run("fs", "ls", "-d", "--json", "/full/below").out())
        .contains("\"/full/below\"");
  }

  @Test
  @Tag("bad-input:path.missing")
  void nothingIsThere() {
    shell.run("fs", "stat", "/no/such").refuses(1, "No such file or directory: /no/such");
  }

  @Test
  @Tag("bad-input:path.below.file")
  void aFileIsNoDirectory() {
    shell.run("fs", "mkdir", "/file/x").refuses(4, "Not a directory: /file");
  }

  @Test
  @Tag("bad-input:path.parent")
  void theDirectoryAboveIsMissing() {
    shell.run("fs", "mkdir", "/no/such").refuses(1, "/no");
  }

  @Test
  @Tag("bad-input:path.exists")
  void somethingIsThere() {
    shell.run("fs", "mkdir", "/full").refuses(4, "exists: /full");
  }

  @Test
  @Tag("bad-input:rename.inside")
  void intoItself() {
    shell.run("fs", "mv", "/full", "/full/below/x").refuses(2, "destination", "inside the source");
  }

  @Test
  @Tag("bad-input:rename.mounts")
  void acrossMounts() {
    shell
        .run("fs", "mv", "/w/f", "/elsewhere")
        .refuses(4, "different mounts; copy instead", "/w/f", "/elsewhere");
  }

  @Test
  @Tag("bad-input:rename.exists")
  void ontoSomething() {
    shell.run("fs", "mv", "/file", "/full").refuses(4, "exists: /full");
  }

  @Test
  @Tag("bad-input:rename.not.empty")
  void ontoADirectoryThatIsNotEmpty() {
    shell
        .run("fs", "mv", "--overwrite", "/full", "/other")
        .refuses(4, "Directory not empty: /other");
  }

  @Test
  @Tag("bad-input:rename.kinds")
  void aDirectoryOntoAFile() {
    shell
        .run("fs", "mv", "--overwrite", "/empty", "/file")
        .refuses(4, "A directory cannot replace a file: /file");
  }

  @Test
  @Tag("bad-input:rename.root")
  void theRoot() {
    shell.run("fs", "mv", "/", "/x").refuses(2, "source", "the root cannot be renamed");
  }

  @Test
  @Tag("bad-input:delete.root")
  void deletingTheRoot() {
    shell.run("fs", "rm", "-R", "--yes", "/").refuses(2, "path", "the root cannot be deleted");
  }

  @Test
  @Tag("bad-input:delete.mount")
  void deletingAMountPoint() {
    shell.run("fs", "rm", "-R", "--yes", "/w").refuses(4, "mount point", "unmount first", "/w");
  }

  @Test
  @Tag("bad-input:delete.not.empty")
  void deletingWhatIsNotEmpty() {
    shell.run("fs", "rm", "/full").refuses(4, "Directory not empty: /full");
  }

  @Test
  @Tag("bad-input:mount.read.only")
  void changingAReadOnlyMount() {
    shell
        .run("fs", "rm", "/r/f")
        .refuses(3, "read-only mount", "cadastre fs update-mount --writable", "/r/f");
  }
}
