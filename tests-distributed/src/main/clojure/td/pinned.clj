(ns td.pinned
  "A client for counting registers: thread i writes register i only, so that a reading can be judged by its value alone.
  Readings marked :pinned? go to the master that the nemesis has paused last, in one attempt that waits for at most 1.5 s;
  with many readers, some always lie in its sockets when it is resumed."
  (:require [td.client :as client]
            [td.namespace-client :as nc])
  (:import (io.cadastre.client MetadataClient)))

(defrecord PinnedClient [thread ^MetadataClient java]
  client/Client
  (open! [_ test thread]
    (PinnedClient. thread (nc/java-client (:masters test) {:timeout-ms 30000})))
  (invoke! [_ test {:keys [pinned? value] :as operation}]
    (let [master @(:pin test)]
      (cond
        (= :own (first value))
        (nc/invoke-with java (assoc operation :value [thread (second value)]))

        (and pinned? master)
        (nc/invoke-pinned java master 1500 (assoc operation :pin master))

        :else (nc/invoke-with java operation))))
  (close! [_ _] (.close java)))

(defn client [] (->PinnedClient nil nil))
