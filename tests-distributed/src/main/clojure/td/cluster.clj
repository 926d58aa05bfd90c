(ns td.cluster
  "A cluster of master processes on this machine, each with a directory, a configuration file, a temporary directory and
  logs of its own: start, stop, kill, pause, and who leads. Nothing here knows what is tested.

  cluster: {:dir File :nodes {name {:name :dir :storage :conf :rpc \"host:port\" :process atom}} :class-path :java-options
            :disk :dir|:loop}"
  (:require [clojure.java.io :as io]
            [clojure.string :as str]
            [td.disk :as disk]
            [td.log :as log]
            [td.namespace-client :as nc])
  (:import (io.cadastre.client MetadataClient NodeAnswer)
           (io.cadastre.core.api.proto NodeInfo)
           (io.cadastre.journal.raft NodeIdentity)
           (java.io File)
           (java.util UUID)
           (java.util.concurrent TimeUnit)))

(def default-java-options
  ["-Xms64m" "-Xmx384m" "-XX:+UseSerialGC" "-XX:+ExitOnOutOfMemoryError"])

(defn- properties! [^File file values]
  (spit file (str/join (map (fn [[k v]] (str k "=" v "\n")) values))))

(defn- node [^File dir disk name base]
  (let [home (io/file dir name)
        disk-dir (io/file home "disk")]
    {:name name
     :dir home
     :disk disk-dir
     :storage (io/file disk-dir "storage")
     :conf (io/file home "master.properties")
     :armed (io/file home "armed")
     :raft-port base
     :rpc-port (+ base 1)
     :http-port (+ base 2)
     :rpc (str "127.0.0.1:" (+ base 1))
     :process (atom nil)}))

(defn create!
  "Lays out a new cluster; starts nothing. Options: :dir, :masters 3, :base-port, :properties (of every master),
  :class-path, :java-options, :environment (of the processes), :disk (:dir, or :loop for a file system of its own per node,
  which needs root), :failpoints (names of those that `arm!` may be called with)."
  [{:keys [dir masters base-port properties class-path java-options disk environment failpoints]
    :or {masters 3 base-port 23000 disk :dir}}]
  (let [dir (.getAbsoluteFile (io/file dir))
        names (map #(str "m" (inc %)) (range masters))
        nodes (into (sorted-map) (map-indexed (fn [i n] [n (node dir disk n (+ base-port (* 10 i)))]) names))
        members (str/join "," (for [n (vals nodes)]
                                (format "%s=127.0.0.1:%d:%d:%d" (:name n) (:raft-port n) (:rpc-port n) (:http-port n))))
        cluster-id (UUID/randomUUID)]
    (doseq [{:keys [name ^File storage conf ^File armed] :as n} (vals nodes)]
      (.mkdirs (io/file (:dir n) "logs"))
      (.mkdirs armed)
      (.mkdirs ^File (:disk n))
      (when (= :loop disk)
        (disk/make! (io/file (:dir n) "disk.img") (:disk n)))
      (NodeIdentity/format (.toPath storage) name cluster-id false)
      (properties! conf (merge {"cadastre.master.name" name
                                "cadastre.master.storage.dir" (.getPath storage)
                                "cadastre.cluster.members" members}
                               (when (seq failpoints)
                                 {"cadastre.test.failpoints"
                                  (str/join "," (for [point failpoints] (str point "=halt-once:" (io/file armed point))))})
                               properties)))
    {:dir dir
     :nodes nodes
     :masters (mapv :rpc (vals nodes))
     :class-path (or class-path (System/getProperty "java.class.path"))
     :java-options (or java-options default-java-options)
     :environment environment
     :disk disk}))

;; ---- processes

(defn- wipe! [^File dir]
  (doseq [^File file (reverse (file-seq dir))] (.delete file)))

(defn- command [{:keys [class-path java-options]} {:keys [name conf dir]}]
  (concat [(str (System/getProperty "java.home") "/bin/java")]
          java-options
          ["-Dfile.encoding=UTF-8"
           "-Dsun.jnu.encoding=UTF-8"
           (str "-Djava.io.tmpdir=" (io/file dir "tmp"))
           (str "-Dcadastre.logs.dir=" (io/file dir "logs"))
           (str "-Dcadastre.node=" name)
           (str "-Dlog4j2.configurationFile=" (System/getProperty "td.log4j2" "conf/log4j2.xml"))
           "-cp" class-path
           "io.cadastre.server.bootstrap.ServerMain" "--conf" (str conf)]))

(defn alive? [{:keys [process]}] (some-> ^Process @process .isAlive))

(defn start!
  "Starts a master that does not run; does not wait for it."
  [cluster {:keys [name ^File dir process] :as n}]
  (assert (not (alive? n)) (str name " runs already"))
  ;; A killed process leaves its native libraries behind.
  (wipe! (io/file dir "tmp"))
  (.mkdirs (io/file dir "tmp"))
  (let [out (io/file dir "logs" "out.log")
        builder (doto (ProcessBuilder. ^java.util.List (vec (command cluster n)))
                  (.directory dir)
                  (.redirectErrorStream true)
                  (.redirectOutput (java.lang.ProcessBuilder$Redirect/appendTo out)))]
    (.putAll (.environment builder) (merge {"LC_ALL" "C.UTF-8"} (:environment cluster)))
    (reset! process (.start builder))
    (log/info "started" name "pid" (.pid ^Process @process))))

(defn- signal! [{:keys [process]} signal]
  (let [^Process p @process
        kill (.start (ProcessBuilder. ^java.util.List ["kill" (str "-" signal) (str (.pid p))]))]
    (when-not (and (.waitFor kill 10 TimeUnit/SECONDS) (zero? (.exitValue kill)))
      (throw (IllegalStateException. (str "cannot send " signal " to " (.pid p)))))))

(defn kill!
  "kill -9, and waits until the process is gone."
  [{:keys [name process] :as n}]
  (when (alive? n)
    (let [^Process p @process]
      (.destroyForcibly p)
      (when-not (.waitFor p 30 TimeUnit/SECONDS)
        (throw (IllegalStateException. (str name " survives kill -9")))))
    (log/info "killed" name)))

(defn arm!
  "Lets a master kill itself when it next gets to one of the cluster's :failpoints."
  [{:keys [armed]} point]
  (spit (io/file armed point) ""))

(defn pause! [n] (signal! n "STOP") (log/info "paused" (:name n)))

(defn resume! [n] (signal! n "CONT") (log/info "resumed" (:name n)))

(defn stop!
  "SIGTERM; kill -9 if that does not help within 30 s. Gives whether it stopped by itself."
  [{:keys [name process] :as n}]
  (if-not (alive? n)
    true
    (let [^Process p @process]
      (.destroy p)
      (or (.waitFor p 30 TimeUnit/SECONDS)
          (do (log/warn name "does not stop")
              (kill! n)
              false)))))

(defn exit-code
  "Of a master that ended by itself or was killed (137); nil while it runs."
  [{:keys [process] :as n}]
  (when-not (alive? n) (some-> ^Process @process .exitValue)))

;; ---- what has ended by itself

(def ^:private last-lines 20)

(defn- tail [^File file]
  (if (.exists file)
    (str/join "\n" (take-last last-lines (str/split-lines (slurp file))))
    "(there is none)"))

(defn check-alive!
  "Throws if one of these has ended, with what it said last. For masters that nobody meant to end."
  [nodes]
  (doseq [{:keys [name dir process] :as n} nodes
          :when (and @process (not (alive? n)))]
    (throw (IllegalStateException.
            (str name " (pid " (.pid ^Process @process) ") has ended by itself with exit code " (exit-code n)
                 "\nits output:\n" (tail (io/file dir "logs" "out.log"))
                 "\nits log:\n" (tail (io/file dir "logs" (str name ".log"))))))))

;; ---- who leads

(defn with-client
  "Calls f with a client of the cluster, for questions of the harness itself."
  [cluster f]
  (with-open [c (nc/java-client (:masters cluster) {:timeout-ms 30000})]
    (f c)))

(defn infos
  "What every master that answers says of itself: {name {:role :term :applied :leader}}."
  [^MetadataClient c]
  (into (sorted-map)
        (keep (fn [^NodeAnswer answer]
                (when-let [^NodeInfo info (.orElse (.info answer) nil)]
                  [(.getNode info) {:role (.getRole info)
                                    :term (.getTerm info)
                                    :applied (.getAppliedIndex info)
                                    :leader (.getLeaderNode info)}])))
        (.nodeInfos (.admin c))))

(defn leader
  "The name of the master that serves in the newest term, or nil."
  [c]
  (->> (infos c)
       (filter #(= "LEADER" (:role (val %))))
       (sort-by (comp :term val))
       last
       first))

(defn await-true
  "Asks every 50 ms until there is a truthy answer; throws after so many seconds."
  [what seconds f]
  (let [end (+ (System/nanoTime) (long (* 1e9 seconds)))]
    (loop []
      (or (f)
          (do (when (> (System/nanoTime) end)
                (throw (IllegalStateException. (str "waited " seconds " s in vain for " what))))
              (Thread/sleep 50)
              (recur))))))

(defn await-leader
  "The name of a serving leader, not one of these."
  [c seconds & not-these]
  (await-true "a leader" seconds #(let [l (leader c)] (when-not ((set not-these) l) l))))

(defn await-all
  "Waits until all masters answer; throws at once when one of them has ended."
  [c nodes seconds]
  (await-true "all masters" seconds
              (fn []
                (check-alive! (vals nodes))
                (= (count nodes) (count (infos c))))))

(defn await-level
  "Waits until all masters answer and have applied the same index, twice in a row; gives it."
  [c nodes seconds]
  (let [previous (volatile! nil)]
    (await-true "all masters at one index" seconds
                (fn []
                  (check-alive! (vals nodes))
                  (let [all (infos c)
                        level (when (= (count all) (count nodes)) (set (map :applied (vals all))))
                        settled? (and level (= 1 (count level)) (= level @previous))]
                    (vreset! previous level)
                    (when settled? (first level)))))))

(defn start-all! [cluster] (run! #(start! cluster %) (vals (:nodes cluster))))

(defn dispose!
  "Kills what runs and unmounts what is mounted."
  [cluster]
  (doseq [n (vals (:nodes cluster))]
    (try (kill! n) (catch Exception e (log/warn "cannot kill" (:name n) e))))
  (when (= :loop (:disk cluster))
    (doseq [n (vals (:nodes cluster))]
      (try (disk/unmount! (:disk n)) (catch Exception e (log/warn "cannot unmount" (:disk n) e))))))
