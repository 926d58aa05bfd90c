package io.cadastre.server.namespace.through;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.AttributeChanges;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One change of each kind, each in a directory of its own, with what it must come to. */
final class Changes {
  /**
   * A change that can be sent at the same time as all others.
   *
   * @param check given the answer, when all is over
   */
  record Change(String name, Operation<Done> operation, Consumer<Done> check) {}

  private final WritableMount mount;
  private final String prefix;
  private final Map<String, Long> ids = new HashMap<>();
  final List<Change> all = new ArrayList<>();

  /** Makes what the changes need. */
  Changes(WritableMount mount, String top) {
    this.mount = mount;
    this.prefix = "/data/" + top;
    directories();
    deletes();
    renames();
    attributes();
  }

  private String path(String path) {
    return prefix + "/" + path;
  }

  private boolean inStore(String path) {
    return mount.store.exists(WritableMount.storePath(path(path)));
  }

  private void add(String name, Operation<Done> operation, Consumer<Done> check) {
    all.add(new Change(name, operation, check));
  }

  private void file(String path) {
    ids.put(path, mount.file(path(path), path.length()).getId());
  }

  private void directories() {
    mount.directory(path("mkdir"));
    add(
        "mkdir",
        Operation.createDirectory(path("mkdir/new"), DirectoryOptions.DEFAULT),
        done -> isAt("mkdir/new", done.getInodeId()));
    add(
        "mkdir -p",
        Operation.createDirectory(path("chain/a/b"), DirectoryOptions.DEFAULT.withParents(true)),
        done -> isAt("chain/a/b", done.getInodeId()));
    add(
        "create -p",
        Operation.createFile(path("file/a/b/new"), FileOptions.DEFAULT.withParents(true)),
        done -> {
          assertThat(inStore("file/a/b")).isTrue();
          assertThat(mount.status(path("file/a/b/new")).getId()).isEqualTo(done.getInodeId());
        });
  }

  private void deletes() {
    file("rm/file");
    add(
        "rm",
        Operation.delete(path("rm/file"), DeleteOptions.DEFAULT),
        done -> isGone("rm/file", done));
    file("rmr/tree/a/one");
    file("rmr/tree/b/two");
    ids.put("rmr/tree", mount.status(path("rmr/tree")).getId());
    add(
        "rm -R",
        Operation.delete(path("rmr/tree"), DeleteOptions.DEFAULT.withRecursive(true)),
        done -> isGone("rmr/tree", done));
  }

  private void renames() {
    file("mv/from");
    add(
        "mv",
        Operation.rename(path("mv/from"), path("mv/to"), false),
        done -> isMoved("mv/from", "mv/to", done));
    file("mvdir/from/below");
    ids.put("mvdir/from", mount.status(path("mvdir/from")).getId());
    mount.directory(path("mvdir/other"));
    add(
        "mv of a directory",
        Operation.rename(path("mvdir/from"), path("mvdir/other/to"), false),
        done -> {
          isMoved("mvdir/from", "mvdir/other/to", done);
          isAt("mvdir/other/to/below", ids.get("mvdir/from/below"));
        });
    file("over/from");
    file("over/target");
    add(
        "mv over a file",
        Operation.rename(path("over/from"), path("over/target"), true),
        done -> isMoved("over/from", "over/target", done));
    mount.directory(path("open"));
    ids.put("open/from", mount.client.createFile(path("open/from")).value().getInodeId());
    file("open/target");
    add(
        "mv of a file without bytes over a file",
        Operation.rename(path("open/from"), path("open/target"), true),
        done -> {
          FileStatus moved = mount.status(path("open/target"));
          assertThat(moved.getId()).isEqualTo(ids.get("open/from"));
          assertThat(moved.getIncomplete()).isTrue();
          assertThat(inStore("open/target")).isFalse();
        });
  }

  private void attributes() {
    file("attr/file");
    add(
        "chmod",
        Operation.setAttributes(path("attr/file"), AttributeChanges.NONE.mode(0640).owner("eve")),
        done -> {
          isAt("attr/file", ids.get("attr/file"));
          assertThat(mount.status(path("attr/file")).getMode()).isEqualTo(0640);
          assertThat(mount.status(path("attr/file")).getOwner()).isEqualTo("eve");
        });
    mount.directory(path("attr/dir"));
    ids.put("attr/dir", mount.status(path("attr/dir")).getId());
    add(
        "chmod of a directory",
        Operation.setAttributes(path("attr/dir"), AttributeChanges.NONE.mode(0700)),
        done -> {
          isAt("attr/dir", ids.get("attr/dir"));
          assertThat(mount.status(path("attr/dir")).getMode()).isEqualTo(0700);
        });
  }

  private void isAt(String path, long id) {
    assertThat(mount.status(path(path)).getId()).isEqualTo(id);
    assertThat(inStore(path)).isTrue();
  }

  private void isGone(String path, Done done) {
    assertThat(done.getInodeId()).isEqualTo(ids.get(path));
    assertThat(mount.exists(path(path))).isFalse();
    assertThat(inStore(path)).isFalse();
  }

  private void isMoved(String from, String to, Done done) {
    assertThat(done.getInodeId()).isEqualTo(ids.get(from));
    isAt(to, ids.get(from));
    assertThat(mount.exists(path(from))).isFalse();
    assertThat(inStore(from)).isFalse();
  }
}
