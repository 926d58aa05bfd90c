(ns td.disk
  "A file system of its own for a node, in a file, and the loss of all that was not synced to it. Needs root."
  (:require [clojure.java.io :as io]
            [clojure.string :as str])
  (:import (java.io File)
           (java.util.concurrent TimeUnit)))

(def ^:private size "768M")

(defn- sh "[exit-code output] of a command that takes at most a minute." [& words]
  (let [process (.start (doto (ProcessBuilder. ^java.util.List (mapv str words)) (.redirectErrorStream true)))
        out (slurp (.getInputStream process))]
    (if (.waitFor process 60 TimeUnit/SECONDS)
      [(.exitValue process) out]
      (do (.destroyForcibly process)
          [-1 (str out " (not done within a minute)")]))))

(defn- sh! [& words]
  (let [[code out] (apply sh words)]
    (when-not (zero? code)
      (throw (IllegalStateException. (str (str/join " " words) ": exit code " code ": " out))))
    out))

(defn mount! [^File image ^File dir] (sh! "mount" "-o" "loop" image dir))

(defn unmount! [^File dir]
  (when (zero? (first (sh "mountpoint" "-q" dir)))
    (sh! "umount" dir)))

(defn make! [^File image ^File dir]
  (sh! "truncate" "-s" size image)
  (sh! "mkfs.ext4" "-q" "-F" "-E" "lazy_itable_init=0,lazy_journal_init=0" image)
  (mount! image dir)
  ;; What follows must find a file system that is on its disk.
  (sh! "sync" "-f" dir))

(def ^:private cut-off
  ;; EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing more reaches the disk, the file system's own journal too.
  "import fcntl, os, struct, sys
for path in sys.argv[1:]:
    fd = os.open(path, os.O_RDONLY)
    fcntl.ioctl(fd, 0x8004587d, struct.pack('I', 2))
    os.close(fd)
")

(defn cut-off!
  "Like pulling the plug of these file systems."
  [dirs]
  (apply sh! "python3" "-c" cut-off dirs))

(defn remount!
  "After cut-off!, once nobody has it open: what was not synced is gone."
  [^File dir]
  (unmount! dir)
  (mount! (io/file (.getParentFile dir) "disk.img") dir))

;; Ratis' unsafe flush still syncs, right behind the answer: on a quick disk a power cut would have to hit a gap of a
;; millisecond on three masters at once. So the control drops that sync too.
(def ^:private no-sync
  "#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int fdatasync(int fd) {
  static int (*real)(int);
  char link[64], name[4096];
  ssize_t length;
  if (!real) real = (int (*)(int)) dlsym(RTLD_NEXT, \"fdatasync\");
  snprintf(link, sizeof link, \"/proc/self/fd/%d\", fd);
  length = readlink(link, name, sizeof name - 1);
  name[length < 0 ? 0 : length] = 0;
  return strstr(name, \"log_inprogress\") ? 0 : real(fd);
}
")

(defn no-sync!
  "Builds a library that, preloaded into a master, lets the syncs of the Raft log do nothing; gives its path. Needs a C compiler."
  [^File dir]
  (.mkdirs dir)
  (let [source (io/file dir "no-sync.c")
        library (io/file dir "no-sync.so")]
    (spit source no-sync)
    (sh! "cc" "-shared" "-fPIC" "-O" "-o" library source "-ldl")
    (.getAbsolutePath library)))

(defn unavailable
  "Why power cuts cannot be played here, or nil if they can: that takes root, loop devices, mkfs.ext4, python3, and a C
  compiler for the control."
  []
  (let [dir (doto (File/createTempFile "td-" ".probe") .delete .mkdirs)
        image (io/file dir "disk.img")
        at (doto (io/file dir "disk") .mkdirs)]
    (try
      (sh! "python3" "--version")
      (sh! "cc" "--version")
      (make! image at)
      (cut-off! [at])
      (remount! at)
      nil
      (catch Exception e (.getMessage e))
      (finally
        (try (unmount! at) (catch Exception _))
        (run! #(.delete ^File %) (reverse (file-seq dir)))))))
