(ns td.disk
  "A file system of its own for a node, in a file, and the loss of all that was not synced to it. Needs root."
  (:require [clojure.java.io :as io]
            [clojure.string :as str])
  (:import (java.io File)
           (java.util.concurrent TimeUnit)))

(def ^:private size "768M")

(defn- sh! [& words]
  (let [process (.start (doto (ProcessBuilder. ^java.util.List (mapv str words)) (.redirectErrorStream true)))
        out (slurp (.getInputStream process))]
    (when-not (and (.waitFor process 60 TimeUnit/SECONDS) (zero? (.exitValue process)))
      (throw (IllegalStateException. (str (str/join " " words) ": " out))))
    out))

(defn mount! [^File image ^File dir] (sh! "mount" "-o" "loop" image dir))

(defn unmount! [^File dir]
  (when (str/includes? (slurp "/proc/self/mountinfo") (str " " (.getPath dir) " "))
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

(defn available?
  "Whether power cuts can be played here: root, loop devices, mkfs.ext4, python3."
  []
  (try
    (let [dir (doto (File/createTempFile "td-" ".probe") .delete .mkdirs)
          image (io/file dir "disk.img")
          at (doto (io/file dir "disk") .mkdirs)]
      (try
        (sh! "python3" "--version")
        (make! image at)
        (unmount! at)
        true
        (finally
          (try (unmount! at) (catch Exception _))
          (run! #(.delete ^File %) (reverse (file-seq dir))))))
    (catch Exception _ false)))
