(ns td.mounted
  "A writable mount of a directory of this machine: the client that also writes the bytes of files, and the comparison of
  the namespace with the directory. Nobody but the masters and this client touches the directory.

  A file is made by :create with :incomplete?, then :complete with :bytes, at a path that nobody else uses; the client
  writes the bytes there before it completes it. A step whose step before was not acknowledged is left out, as a writer
  would that does not know whether it has the file."
  (:require [clojure.java.io :as io]
            [clojure.string :as str]
            [td.client :as client]
            [td.namespace-client :as nc])
  (:import (io.cadastre.client ListOptions LoadOptions MetadataClient MountOptions Page ReadOptions)
           (io.cadastre.core.api.proto FileStatus LoadMetadataProgress LoadType)
           (io.cadastre.core.inode.proto InodeKind)
           (java.io File)
           (java.nio.file FileVisitOption Files LinkOption OpenOption Path StandardOpenOption)
           (java.nio.file.attribute FileTime)
           (java.time Duration)
           (java.util.function Consumer)))

(def mount-point "/data")

(defn- directory ^File [test] (io/file (:dir test) "store"))

(defn- in-store ^Path [test path]
  (.toPath (io/file (directory test) (subs path (inc (count mount-point))))))

(defn mount!
  "Mounts a new directory; before the first operation of a test."
  [{:keys [^MetadataClient admin] :as test}]
  (.mkdirs (directory test))
  (.mount admin mount-point (str "file://" (.getAbsolutePath (directory test))) (.withWritable MountOptions/DEFAULT true)))

;; ---- the client

(defn- write-bytes! [test {:keys [path bytes]}]
  (Files/write (in-store test path) (byte-array bytes)
               ^"[Ljava.nio.file.OpenOption;" (into-array OpenOption [StandardOpenOption/CREATE_NEW StandardOpenOption/WRITE])))

(defn- step-before
  "What must have been acknowledged before: [path what]."
  [{:keys [f value]}]
  (case f
    :complete [(:path value) :create]
    :rename (when (:written? value) [(:from value) :complete])
    nil))

(defrecord MountedClient [inner acknowledged]
  client/Client
  (open! [_ test thread] (MountedClient. (client/open! inner test thread) acknowledged))
  (invoke! [_ test {:keys [f value] :as operation}]
    (let [before (step-before operation)]
      (if (and before (not (@acknowledged before)))
        (assoc operation :type :fail :error [:step-before-unknown])
        (do
          (when (= :complete f) (write-bytes! test value))
          (let [done (client/invoke! inner test operation)]
            (when (and (= :ok (:type done)) (#{:create :complete} f))
              (swap! acknowledged conj [(:path value) f]))
            done)))))
  (close! [_ test] (client/close! inner test)))

(defn mounted-client [options] (->MountedClient (nc/namespace-client options) (atom #{})))

;; ---- the comparison

(defn- store-entry [^Path file]
  (let [attributes (Files/readAttributes file "unix:mode,size,isDirectory,lastModifiedTime"
                                         ^"[Ljava.nio.file.LinkOption;" (into-array LinkOption [LinkOption/NOFOLLOW_LINKS]))
        mode (bit-and 07777 (int (get attributes "mode")))]
    (if (get attributes "isDirectory")
      {:kind :dir :mode mode}
      {:kind :file :mode mode :size (get attributes "size")
       :mtime (.toMillis ^FileTime (get attributes "lastModifiedTime"))})))

(defn- store-tree
  "Every entry of the store by its path in the namespace."
  [test]
  (let [root (.toPath (directory test))]
    (with-open [files (Files/walk root (into-array FileVisitOption []))]
      (into (sorted-map)
            (comp (remove #(= root %))
                  (map (fn [^Path file] [(str mount-point "/" (.relativize root file)) (store-entry file)])))
            (iterator-seq (.iterator files))))))

(defn- namespace-entry [^FileStatus s]
  (cond
    (= InodeKind/DIRECTORY (.getKind s)) {:id (.getId s) :kind :dir :mode (.getMode s)}
    (.getIncomplete s) {:id (.getId s) :incomplete true}
    :else {:id (.getId s) :kind :file :mode (.getMode s) :size (.getSize s) :mtime (.getMtimeMillis s)}))

(defn- namespace-tree
  "Every entry of the mount as the namespace has it; the store is not asked."
  [^MetadataClient c]
  (with-open [stream (.list c mount-point (-> ListOptions/DEFAULT
                                              (.withRecursive true)
                                              (.withRead (.withLoadType ReadOptions/DEFAULT LoadType/NEVER))))]
    (into (sorted-map)
          (mapcat (fn [^Page page] (map (fn [^FileStatus s] [(.getPath s) (namespace-entry s)]) (.entries page))))
          (iterator-seq stream))))

(defn- compared
  "Of an incomplete file the store may have the bytes already."
  [named stored]
  (let [incomplete? #(get-in named [% :incomplete])
        named-files (into (sorted-map) (remove (comp incomplete? key)) named)
        stored-files (into (sorted-map) (remove (comp incomplete? key)) stored)]
    {:entries (count stored-files)
     :incomplete (- (count named) (count named-files))
     :only-in-store (vec (take 20 (remove named-files (keys stored-files))))
     :only-in-namespace (vec (take 20 (remove stored-files (keys named-files))))
     :differing (vec (take 20 (for [[path entry] named-files
                                    :let [there (stored-files path)]
                                    :when (and there (not= there (dissoc entry :id)))]
                                [path {:namespace entry :store there}])))}))

(defn- forced-load
  "A comparison of the whole mount with its store: counts of what it changed."
  [^MetadataClient c]
  (let [^LoadMetadataProgress p (.loadMetadata c mount-point
                                               (-> LoadOptions/DEFAULT (.withRecursive true) (.withForce true))
                                               (reify Consumer (accept [_ _])))]
    {:created (.getCreated p) :updated (.getUpdated p) :replaced (.getReplaced p) :deleted (.getDeleted p)
     :skipped (.getSkipped p) :failed (.getFailed p)}))

(defn- forced-load-updates
  "The paths that a forced load would update; it changes nothing."
  [^MetadataClient c]
  (let [differences (volatile! [])]
    (.loadMetadata c mount-point
                   (-> LoadOptions/DEFAULT (.withRecursive true) (.withForce true) (.withDryRun true))
                   (reify Consumer
                     (accept [_ progress]
                       (vswap! differences into (.getDifferencesList ^LoadMetadataProgress progress)))))
    (into [] (comp (filter #(str/starts-with? % "update ")) (map #(subs % (count "update ")))) @differences)))

(defn check
  "After the last operation: the comparison with the store, a forced load of everything, and both again.

  The first load may bring the times of directories in line, and those of nothing else: when an entry comes or goes, the
  namespace takes its own time for the directory's, and the store its own, a moment later."
  [{:keys [^MetadataClient admin] :as test}]
  (let [c (.withTimeout admin (Duration/ofSeconds 60))
        first-tree (namespace-tree c)
        before (compared first-tree (store-tree test))
        updates (forced-load-updates c)
        loads [(forced-load c) (forced-load c)]
        second-tree (namespace-tree c)]
    {:before before
     :loads loads
     :updated-directories (count (filter #(or (= mount-point %) (= :dir (get-in first-tree [% :kind]))) updates))
     :updated-others (vec (take 20 (remove #(or (= mount-point %) (= :dir (get-in first-tree [% :kind]))) updates)))
     :after (compared second-tree (store-tree test))
     ;; Directories are compared without their times.
     :unchanged? (= first-tree second-tree)}))
