(ns td.namespace-client
  "Clients of a real cluster, over the Java client. Paths are strings. Operations:

    :create  {:path :incomplete?}            :mkdir  {:path}
    :complete {:path}
    :delete  {:path :recursive?}             :rename {:from :to :overwrite?}
    :setattr {:path :xattrs {name string} :mode :mtime :if-change}
    :stat    {:path}                         :list   {:path :recursive?}
    :write   [key value]                     :read   [key nil]      :cas [key [old new]]
    :add     n                               :elements

  :write, :read and :cas treat the extended attribute `v` of the file of a key as a register, the last line a directory as a
  set. A :create or :mkdir with :thrice-within-ms is sent three times with one operation id (td.twice). A completion keeps its operation's
  :value and adds :answer, except for registers and sets, whose :value is in Jepsen's shape."
  (:require [clojure.string :as str]
            [td.client :as client]
            [td.twice :as twice])
  (:import (com.google.protobuf ByteString)
           (io.cadastre.client Answer AttributeChanges CompleteOptions DeleteOptions DirectoryOptions FileOptions ListOptions
                               MetadataClient Page Served)
           (io.cadastre.core.api.proto Done FileStatus)
           (io.cadastre.core.error ErrorCode MetadataException)
           (io.cadastre.core.inode.proto InodeKind Xattr)
           (java.time Duration)))

;; ---- errors

(def unknown-codes
  "Codes after which a mutation may have taken effect, or may still. All others say that it has not and will not."
  #{:OUTCOME_UNKNOWN :INTERNAL :CORRUPT :PARTIAL})

(defn outcome
  "What a completion's type is after this error code, for a mutation or a read."
  [code mutation?]
  (if (and mutation? (unknown-codes code)) :info :fail))

(defn- code-of [^MetadataException e] (keyword (.name (.code e))))

(defmacro ^:private answering
  "The body's completion, or the one of the MetadataException that it throws."
  [operation mutation? & body]
  `(try
     ~@body
     (catch MetadataException e#
       (let [code# (code-of e#)]
         (assoc ~operation :type (outcome code# ~mutation?) :error [code# (.getMessage e#)])))))

;; ---- answers

(defn- served [operation ^Served s]
  (assoc operation :type :ok :idx (.stateIndex s) :term (.term s) :node (.node s)))

(defn status
  "A FileStatus as data."
  [^FileStatus s]
  (cond-> {:id (.getId s)
           :kind (if (= InodeKind/DIRECTORY (.getKind s)) :dir :file)
           :mode (.getMode s)
           :change (.getChangeIndex s)
           :xattrs (into {} (map (fn [^Xattr x] [(.getName x) (.toStringUtf8 (.getValue x))])) (.getXattrsList s))}
    (.getIncomplete s) (assoc :incomplete true)
    (pos? (.getSize s)) (assoc :size (.getSize s))
    (= InodeKind/DIRECTORY (.getKind s)) (assoc :children (.getChildCount s))))

(defn- done-answer [operation ^Answer answer]
  (let [^Done done (.value answer)]
    (assoc (served operation (.served answer))
           :answer (cond-> {:id (.getInodeId done) :changed (.getChanged done)}
                     (.getRepeated done) (assoc :repeated true)))))

(defn- changes ^AttributeChanges [{:keys [xattrs mode mtime if-change]}]
  (cond-> AttributeChanges/NONE
    (seq xattrs) (#(reduce (fn [^AttributeChanges c [k v]] (.xattr c k (ByteString/copyFromUtf8 v))) % xattrs))
    mode (#(.mode ^AttributeChanges % (int mode)))
    mtime (#(.mtimeMillis ^AttributeChanges % (long mtime)))
    if-change (#(.ifChangeIndex ^AttributeChanges % (long if-change)))))

(defn- listing
  "[entries served]: every entry, by path if recursive, else by name. All pages must come from one view."
  [^MetadataClient c path recursive?]
  (with-open [stream (.list c path (.withRecursive ListOptions/DEFAULT (boolean recursive?)))]
    (loop [entries {}, where nil]
      (if (.hasNext stream)
        (let [^Page page (.next stream)]
          (recur (into entries
                       (map (fn [^FileStatus s] [(if recursive? (.getPath s) (.getName s)) (status s)]))
                       (.entries page))
                 (or where (.served page))))
        [entries where]))))

;; ---- operations

(defn register-path [k] (str "/registers/r" k))

(defn- register-value [^FileStatus s]
  (some-> (get-in (status s) [:xattrs "v"]) parse-long))

(defn- set-register [v] (.xattr AttributeChanges/NONE "v" (ByteString/copyFromUtf8 (str v))))

(defn- cas!
  "Compare and set over two calls: the second one holds only if nothing has changed since the first."
  [^MetadataClient c operation]
  (let [[k [old new]] (:value operation)
        path (register-path k)
        read (try (.getStatus c path)
                  (catch MetadataException e (assoc operation :type :fail :error [(code-of e) (.getMessage e)])))]
    (if (map? read)
      read
      (let [^FileStatus found (.value ^Answer read)]
        (if (not= old (register-value found))
          (assoc operation :type :fail :error [:other-value (register-value found)])
          (answering operation true
            (let [^AttributeChanges change (set-register new)]
              (served operation (.served (.setAttributes c path (.ifChangeIndex change (.getChangeIndex found))))))))))))

(defn invoke-with
  "Does an operation with this Java client."
  [^MetadataClient c {:keys [f value] :as operation}]
  (case f
    :create (answering operation true
              (done-answer operation (.createFile c (:path value)
                                                  (.withComplete FileOptions/DEFAULT (not (:incomplete? value))))))
    :complete (answering operation true
                (done-answer operation (.completeFile c (:path value) CompleteOptions/DEFAULT)))
    :mkdir (answering operation true
             (done-answer operation (.createDirectory c (:path value) DirectoryOptions/DEFAULT)))
    :delete (answering operation true
              (done-answer operation (.delete c (:path value)
                                              (.withRecursive DeleteOptions/DEFAULT (boolean (:recursive? value))))))
    :rename (answering operation true
              (done-answer operation (.rename c (:from value) (:to value) (boolean (:overwrite? value)))))
    :setattr (answering operation true
               (done-answer operation (.setAttributes c (:path value) (changes value))))
    :stat (answering operation false
            (let [answer (.getStatus c (:path value))]
              (assoc (served operation (.served answer)) :answer (status (.value answer)))))
    :list (answering operation false
            (let [[entries where] (listing c (:path value) (:recursive? value))]
              (assoc (served operation where) :answer entries)))
    :read (answering operation false
            (let [[k] value
                  answer (.getStatus c (register-path k))]
              (assoc (served operation (.served answer)) :value [k (register-value (.value answer))])))
    :write (answering operation true
             (let [[k v] value]
               (served operation (.served (.setAttributes c (register-path k) (set-register v))))))
    :cas (cas! c operation)
    :add (answering operation true
           (served operation (.served (.createFile c (str "/set/" value) (.withComplete FileOptions/DEFAULT true)))))
    :elements (answering operation false
                (let [[entries where] (listing c "/set" false)]
                  (assoc (served operation where) :value (into (sorted-set) (map parse-long) (keys entries)))))))

;; ---- clients

(defn java-client
  "A Java client of these masters (host:port)."
  ^MetadataClient [masters {:keys [retries? timeout-ms user] :or {retries? true timeout-ms 60000}}]
  (-> (MetadataClient/builder)
      (.masters ^java.util.List (vec masters))
      (.user (or user (System/getProperty "user.name")))
      (.callTimeout (Duration/ofMillis timeout-ms))
      (.retries (boolean retries?))
      (.build)))

(defn invoke-pinned
  "Does an operation at this master and nowhere else, in one attempt."
  [^MetadataClient c ^String master timeout-ms operation]
  (invoke-with (-> c (.pinnedTo master) (.withRetries false) (.withTimeout (Duration/ofMillis timeout-ms)))
               operation))

(defrecord NamespaceClient [options ^MetadataClient java channels]
  client/Client
  (open! [_ test _]
    (NamespaceClient. options (java-client (:masters test) options) (delay (twice/open! (:masters test)))))
  (invoke! [_ _ {:keys [value] :as operation}]
    (if-let [pause-ms (:thrice-within-ms value)]
      (twice/make! @channels pause-ms operation)
      (invoke-with java operation)))
  (close! [_ _]
    (.close java)
    (when (realized? channels) (twice/close! @channels))))

(defn namespace-client
  "Options: :retries? (true: a call lasts until it is answered or its time is up; false: one attempt), :timeout-ms."
  [options]
  (->NamespaceClient options nil nil))
